package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

type object = map[string]any

// recorded returns an event in the form of Cognito's documentation, with changed attributes; an empty one is removed.
func recorded(t *testing.T, name string, change map[string]string) object {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var event object
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatal(err)
	}
	attributes := event["request"].(object)["userAttributes"].(object)
	for attribute, value := range change {
		attributes[attribute] = value
		if value == "" {
			delete(attributes, attribute)
		}
	}
	return event
}

// invoke sends the event as Lambda does, and returns the response and the log.
func invoke(t *testing.T, event object) (object, string, error) {
	t.Helper()
	text, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	answer, err := lambda.NewHandler(handler{lambdalog.New(&log)}.claims).Invoke(t.Context(), text)
	if err != nil {
		return nil, log.String(), err
	}
	var response object
	if err := json.Unmarshal(answer, &response); err != nil {
		t.Fatal(err)
	}
	return response, log.String(), nil
}

// override returns the part of the response that Cognito applies.
func override(t *testing.T, event object) object {
	t.Helper()
	response, _, err := invoke(t, event)
	if err != nil {
		t.Fatal(err)
	}
	return response["response"].(object)["claimsAndScopeOverrideDetails"].(object)
}

func added(t *testing.T, event object) object {
	t.Helper()
	return override(t, event)["accessTokenGeneration"].(object)["claimsToAddOrOverride"].(object)
}

func TestUnverifiedEmailIsNotAdded(t *testing.T) {
	tenant := object{"tenant": "example"}
	if diff := cmp.Diff(tenant, added(t, recorded(t, "unverified", nil))); diff != "" {
		t.Error(diff)
	}
	for _, verified := range []string{"", "false", "True", "1", "yes"} {
		if diff := cmp.Diff(tenant, added(t, recorded(t, "hosted", map[string]string{"email_verified": verified}))); diff != "" {
			t.Errorf("email_verified is %q: %s", verified, diff)
		}
	}
	if diff := cmp.Diff(tenant, added(t, recorded(t, "hosted", map[string]string{"email": ""}))); diff != "" {
		t.Errorf("verified, but absent: %s", diff)
	}
}

func TestInvalidTenantIsNotAdded(t *testing.T) {
	for _, tenant := range []string{"", "Example", "an example", strings.Repeat("a", 64), "../other"} {
		if claims := added(t, recorded(t, "hosted", map[string]string{"custom:tenant": tenant, "tenant": "other", "name": "tenant"})); claims["tenant"] != nil {
			t.Errorf("custom:tenant is %q: the claim is %v", tenant, claims["tenant"])
		}
	}
}

func TestEveryWayToSignInAddsTheClaimsAndKeepsTheGroups(t *testing.T) {
	person := object{"email": "ada@example.com", "email_verified": true, "tenant": "example"}
	for name, want := range map[string]object{
		"hosted": person, "refresh": person, "new-password": person,
		"authentication": {"email": "ada@example.com", "email_verified": true},
	} {
		event := recorded(t, name, nil)
		got := override(t, event)
		if diff := cmp.Diff(want, got["accessTokenGeneration"].(object)["claimsToAddOrOverride"]); diff != "" {
			t.Errorf("%s: claims (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(event["request"].(object)["groupConfiguration"], got["groupOverrideDetails"]); diff != "" {
			t.Errorf("%s: groups (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(object{"claimsToAddOrOverride": nil, "claimsToSuppress": nil}, got["idTokenGeneration"]); diff != "" {
			t.Errorf("%s: ID token (-want +got):\n%s", name, diff)
		}
		for _, untouched := range []string{"claimsToSuppress", "scopesToAdd", "scopesToSuppress"} {
			if value := got["accessTokenGeneration"].(object)[untouched]; value != nil {
				t.Errorf("%s: %s is %v", name, untouched, value)
			}
		}
		response, _, _ := invoke(t, event)
		delete(response, "response")
		delete(event, "response")
		if diff := cmp.Diff(event, response); diff != "" {
			t.Errorf("%s: the event comes back changed (-want +got):\n%s", name, diff)
		}
	}
}

func TestEventOfTheFirstVersionFailsTheSignIn(t *testing.T) {
	event := recorded(t, "hosted", nil)
	event["version"] = "1"
	if _, _, err := invoke(t, event); err == nil || !strings.Contains(err.Error(), "V2_0") {
		t.Errorf("%v", err)
	}
}

func TestLogNamesThePersonByTheirSubject(t *testing.T) {
	_, log, err := invoke(t, recorded(t, "hosted", nil))
	if err != nil {
		t.Fatal(err)
	}
	var line object
	if err := json.Unmarshal([]byte(log), &line); err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	delete(line, "timestamp")
	want := object{
		"level": "INFO", "msg": "claims", "trigger": "TokenGeneration_HostedAuth", "client_id": "1example23456789",
		"person": "a3a43812-1001-70b5-2f7a-52b8d19b4e2f", "email": true, "tenant": true,
	}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
