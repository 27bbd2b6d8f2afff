// Package api is the wire: what goes over HTTPS between Arxkeys and whoever calls it.
//
// One file per noun holds its requests, its answers and its operations. An operation is declared
// once, as a typed value: the function serves it, the console and the tests call it, the OpenAPI
// document is generated from it, and a test holds the template against it.
package api

import (
	"reflect"
)

// Request is what an operation takes. Where a field belongs is said by its tag: path, query,
// header, or json for the body. Validate answers a problem.InvalidField that names every wrong
// field; it has no side effect and needs no network, so that the console asks the same question
// before it sends.
type Request interface{ Validate() error }

// Operation is one thing that can be asked for over HTTPS.
type Operation[Req Request, Res any] struct {
	Name       string // <noun>.<verb>; the function is functions/<noun>/<verb>, or functions/<noun> without a verb
	Method     string
	Path       string // with {id} where a field tagged path:"id" goes
	Permission Permission
	Status     int    // of a good answer: 200 or 201
	Summary    string // one line, for the documentation
}

// Spec is an operation without its types, for whoever goes through all of them.
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

// Located is an answer that has an address of its own: a created one carries it as Location.
type Located interface{ Location() string }

// Tagged is an answer that has a version: it is told as ETag.
type Tagged interface{ ETag() string }

// RateLimited is an answer that tells what is left of a rate limit: it is told as RateLimit-Policy
// and RateLimit too.
type RateLimited interface {
	RateLimitFields() (policy, limit string)
}
