package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/auth"
)

// firstVersion is the version of events whose responses can't change access tokens. template.yaml asks for V2_0.
const firstVersion = "1"

// The attribute that administrators set and users can't write, and the claim that TENANT_CLAIM names.
const (
	tenantAttribute = "custom:tenant"
	tenantClaim     = "tenant"
)

type handler struct{ log *slog.Logger }

// claims adds to the access token what the API needs to know of a person: the e-mail address, if it is
// verified, with email_verified, and the tenant. A person without a valid tenant gets no claim, and the API
// refuses them if it has several tenants. The ID token stays as it is.
//
// An error fails the sign-in. The only one is for events of the first version.
func (h handler) claims(ctx context.Context, event events.CognitoEventUserPoolsPreTokenGenV2_0) (events.CognitoEventUserPoolsPreTokenGenV2_0, error) {
	if event.Version == firstVersion {
		return event, errors.New("add claims: events of version 1 can't change access tokens: set the user pool's trigger to V2_0")
	}
	attributes := event.Request.UserAttributes
	add := map[string]any{}
	if email := attributes["email"]; email != "" && attributes["email_verified"] == "true" {
		add["email"], add["email_verified"] = email, true
	}
	if tenant := attributes[tenantAttribute]; auth.ValidTenant(tenant) {
		add[tenantClaim] = tenant
	}
	event.Response.ClaimsAndScopeOverrideDetails = events.ClaimsAndScopeOverrideDetailsV2_0{
		AccessTokenGeneration: events.AccessTokenGenerationV2_0{ClaimsToAddOrOverride: add},
		// Cognito replaces the groups, which are the person's roles, by what is here: without any, there are none.
		GroupOverrideDetails: event.Request.GroupConfiguration,
	}
	h.log.LogAttrs(ctx, slog.LevelInfo, "claims",
		slog.String("trigger", event.TriggerSource), slog.String("client_id", event.CallerContext.ClientID),
		slog.String("person", attributes["sub"]), slog.Bool("email", add["email"] != nil), slog.Bool("tenant", add[tenantClaim] != nil))
	return event, nil
}
