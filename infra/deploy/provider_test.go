package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExternalProviderHasTheClientsOfTheStack(t *testing.T) {
	found := func(clients string) *stack {
		return &stack{parameters: map[string]string{"OidcClientIds": clients}, outputs: map[string]string{"SignInScope": "openid email profile offline_access "}}
	}
	d := discovered{provider: provider{Issuer: "https://id.example", EndSessionEndpoint: "https://id.example/end"}}
	want := d.provider
	want.ClientID, want.Scope = "console", "openid email profile offline_access"
	if diff := cmp.Diff(want, d.of(found("console"))); diff != "" {
		t.Errorf("one client (-want +got):\n%s", diff)
	}
	want.CommandLineClientID = "line"
	if diff := cmp.Diff(want, d.of(found("console,line"))); diff != "" {
		t.Errorf("two clients (-want +got):\n%s", diff)
	}

	for issuer, is := range map[string]bool{
		"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc": true, "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_abc": true,
		"https://cognito-idp.example.com/": false, "https://id.example/cognito-idp.amazonaws.com": false,
	} {
		d.Issuer = issuer
		p := d.of(found("console"))
		if (p.Provider == "cognito") != is || (p.Scope == "openid email profile") != is {
			t.Errorf("%s: %+v", issuer, p)
		}
	}
}
