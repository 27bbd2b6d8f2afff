// Package api declares the HTTP API of Arxkeys.
//
// Each entity has a file with its requests, responses and operations. An operation is declared once, as a
// typed value: the function serves it, the console and the tests call it, the OpenAPI document is generated
// from it, and a test compares the template with it. Comments on exported types and fields become
// descriptions in that document.
package api

import (
	"reflect"
)

// Request is the input of an operation. Each field has a tag for its place: path, query, header, or json
// for the body. Validate returns problem.InvalidField with all wrong fields. It has no side effects and
// does no I/O, so that the console can call it before it sends a request.
type Request interface{ Validate() error }

// Operation is an operation of the API.
type Operation[Req Request, Res any] struct {
	Name       string // <noun>.<verb>; the function is functions/<noun>/<verb>, or functions/<noun> without a verb
	Method     string
	Path       string // with {id} for a field tagged path:"id"
	Permission Permission
	Status     int    // of a successful response: 200 or 201
	Summary    string // one line, for the documentation
}

// Spec is an operation without its types, for code that handles all operations.
type Spec struct {
	Name, Method, Path string
	Permission         Permission
	Status             int
	Summary            string
	Request, Answer    reflect.Type
}

// Spec returns the operation without its types.
func (op Operation[Req, Res]) Spec() Spec {
	return Spec{
		Name: op.Name, Method: op.Method, Path: op.Path, Permission: op.Permission, Status: op.Status,
		Summary: op.Summary, Request: reflect.TypeFor[Req](), Answer: reflect.TypeFor[Res](),
	}
}

// Operations returns every operation, in the order of the documentation.
func Operations() []Spec {
	return []Spec{
		CreateApplication.Spec(), ListApplications.Spec(), GetApplication.Spec(), UpdateApplication.Spec(),
		DisableApplication.Spec(), EnableApplication.Spec(), ArchiveApplication.Spec(), UnarchiveApplication.Spec(),
		CreateArx.Spec(), ListArxes.Spec(), GetArx.Spec(), UpdateArx.Spec(),
		DisableArx.Spec(), EnableArx.Spec(), SetDefaultArx.Spec(), DeleteArx.Spec(),
		CreateKey.Spec(), ListKeys.Spec(), GetKey.Spec(), UpdateKey.Spec(), DisableKey.Spec(), EnableKey.Spec(),
		RotateKey.Spec(), EndKeyOverlap.Spec(), DeleteKey.Spec(), VerifyKey.Spec(), GetKeyUsage.Spec(),
		CreateManagementKey.Spec(), ListManagementKeys.Spec(), GetManagementKey.Spec(), DeleteManagementKey.Spec(),
		GetOverview.Spec(), GetUsage.Spec(), ListEvents.Spec(),
		GetMe.Spec(), WhoAmI.Spec(), GetOpenAPI.Spec(),
	}
}

// Served returns every operation, and Check.
func Served() []Spec { return append(Operations(), Check.Spec()) }

// Located is a response with a path of its own. That of a created resource is returned as Location.
type Located interface{ Location() string }

// Tagged is a response with a version, which is returned as ETag.
type Tagged interface{ ETag() string }

// Decided is a response with a verdict, which is counted.
type Decided interface{ VerdictCode() Code }

// RateLimited is a response with the state of a rate limit, which is also returned as RateLimit-Policy and
// RateLimit.
type RateLimited interface {
	RateLimitFields() (policy, limit string)
}
