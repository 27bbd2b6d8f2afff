package oidc_test

import (
	"testing"

	"github.com/arxkeys/arxkeys/shared/auth/oidc"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// The three ways to configure the API's audience.
func withAudience(c *oidc.Config)   { c.Audience = audience }
func clientAudience(c *oidc.Config) { c.Audience = clientID }
func audienceAlone(c *oidc.Config)  { c.Audience, c.ClientIDs = audience, nil }

// twoClients adds the client of the command line.
func twoClients(c *oidc.Config) { c.ClientIDs = []string{clientID, otherID} }

func TestTokensOfEveryClientOfOursAndOfNoOther(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(twoClients)
	both := i.verifier(func(c *oidc.Config) { twoClients(c); withAudience(c) })
	as := func(client any) set { return set{"client_id": client} }

	deny(t, v, "an unknown client", sign(nil, i.cognito(as("another"))), problem.Unauthenticated, "another client")
	deny(t, v, "an unknown client, at+jwt", signAs("at+jwt", i.standard(as("another"))), problem.Unauthenticated, "another client")
	deny(t, v, "no client", sign(nil, i.cognito(as(without))), problem.Unauthenticated, "another client")
	deny(t, v, "an empty client", sign(nil, i.cognito(as(""))), problem.Unauthenticated, "another client")
	deny(t, v, "no client, at+jwt", signAs("at+jwt", i.standard(set{"client_id": without, "azp": without})), problem.Unauthenticated, "another client")
	for _, client := range []string{clientID, otherID} {
		for name, v := range map[string]*oidc.Verifier{"clients": v, "clients and audience": both} {
			name += " " + client
			deny(t, v, name+": ID token", sign(nil, i.idToken(set{"aud": client, "azp": client})), problem.Unauthenticated, "")
			deny(t, v, name+": ID token for the API too", sign(nil, i.idToken(set{"aud": []string{audience, client}})), problem.Unauthenticated, "ID token")
			deny(t, v, name+": Cognito's ID token", sign(nil, i.idToken(set{"aud": client, "token_use": "id"})), problem.Unauthenticated, "ID token")
			deny(t, v, name+": Cognito's ID token as access token", sign(nil, i.cognito(set{"aud": client, "client_id": otherID})), problem.Unauthenticated, "ID token")
			allow(t, v, name+": Cognito's access token", sign(nil, i.cognito(as(client))))
		}
		allow(t, v, client+": at+jwt", signAs("at+jwt", i.standard(as(client))))
	}
	audienceOfOther := i.verifier(func(c *oidc.Config) { twoClients(c); c.Audience = otherID })
	deny(t, audienceOfOther, "the audience is the second client", sign(nil, i.standard(set{"aud": otherID})), problem.Unauthenticated, "ID token")
}

func TestIDTokensAreRefusedUnderEveryConfiguration(t *testing.T) {
	i := newIssuer(t)
	tokens := map[string]string{
		"Cognito's":                       sign(nil, i.idToken(set{"token_use": "id", "cognito:username": "ada"})),
		"Cognito's with typ":              signAs("JWT", i.idToken(set{"token_use": "id"})),
		"Cognito's as at+jwt":             signAs("at+jwt", i.idToken(set{"token_use": "id", "aud": audience, "client_id": clientID})),
		"Cognito's for our audience":      sign(nil, i.idToken(set{"token_use": "id", "aud": audience})),
		"a provider's":                    sign(nil, i.idToken(nil)),
		"a provider's with typ":           signAs("JWT", i.idToken(nil)),
		"one with client_id":              sign(nil, i.idToken(set{"client_id": clientID})),
		"one for two audiences":           sign(nil, i.idToken(set{"aud": []string{clientID, "another"}})),
		"one for us with at_hash":         sign(nil, i.idToken(set{"aud": audience, "at_hash": "x"})),
		"one with token_use null":         sign(nil, i.idToken(set{"token_use": nil})),
		"one with token_use in a list":    sign(nil, i.idToken(set{"token_use": []string{"access"}, "client_id": clientID})),
		"one that says access":            sign(nil, i.idToken(set{"token_use": "access", "client_id": clientID})),
		"one with Token_Use":              sign(nil, i.idToken(set{"Token_Use": "access", "client_id": clientID})),
		"one of another client":           sign(nil, i.idToken(set{"aud": "another", "azp": "another"})),
		"one of another client at+jwt'ed": signAs("at+jwt", i.idToken(set{"aud": "another", "azp": "another"})),
	}
	for name, config := range map[string]func(*oidc.Config){
		"client": nil, "client and audience": withAudience, "audience is client": clientAudience, "audience": audienceAlone,
	} {
		v := i.verifier(config)
		for token, text := range tokens {
			deny(t, v, name+": "+token, text, problem.Unauthenticated, "")
		}
	}
	// An ID token whose audience is both the API and the client.
	deny(t, i.verifier(withAudience), "both audiences", sign(nil, i.idToken(set{"aud": []string{audience, clientID}})), problem.Unauthenticated, "ID token")
}

func TestCognitosRuleIsNeverWeakened(t *testing.T) {
	i := newIssuer(t)
	for name, config := range map[string]func(*oidc.Config){"client": nil, "client and audience": withAudience, "audience is client": clientAudience} {
		v := i.verifier(config)
		deny(t, v, name+": another client", sign(nil, i.cognito(set{"client_id": "another"})), problem.Unauthenticated, "another client")
		deny(t, v, name+": no client", sign(nil, i.cognito(set{"client_id": without})), problem.Unauthenticated, "another client")
		deny(t, v, name+": a list of clients", sign(nil, i.cognito(set{"client_id": []string{clientID}})), problem.Unauthenticated, "client_id")
		deny(t, v, name+": azp is not client_id", sign(nil, i.cognito(set{"client_id": without, "azp": clientID})), problem.Unauthenticated, "another client")
		deny(t, v, name+": our audience, but another client", sign(nil, i.cognito(set{"client_id": "another", "aud": audience})), problem.Unauthenticated, "another client")
		deny(t, v, name+": at+jwt, but another client", signAs("at+jwt", i.cognito(set{"client_id": "another", "aud": audience})), problem.Unauthenticated, "another client")
		deny(t, v, name+": token_use Access", sign(nil, i.cognito(set{"token_use": "Access"})), problem.Unauthenticated, "token_use")
		deny(t, v, name+": token_use empty", sign(nil, i.cognito(set{"token_use": ""})), problem.Unauthenticated, "token_use")

		allow(t, v, name+": an access token", sign(nil, i.cognito(nil)))
		allow(t, v, name+": one with typ", signAs("JWT", i.cognito(nil)))
		allow(t, v, name+": one for a resource", sign(nil, i.cognito(set{"aud": audience})))
	}
	deny(t, i.verifier(audienceAlone), "no client configured", sign(nil, i.cognito(set{"client_id": "", "aud": audience})), problem.Unauthenticated, "another client")
}

func TestCognitoIssuerRequiresTokenUse(t *testing.T) {
	i := newIssuer(t)
	for _, pool := range []string{
		"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc",
		"https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_abc",
		"https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc",
	} {
		v := i.verifier(func(c *oidc.Config) { c.Issuer, c.Audience = pool, audience })
		deny(t, v, "for our audience", sign(nil, i.standard(set{"iss": pool})), problem.Unauthenticated, "token_use")
		deny(t, v, "at+jwt", signAs("at+jwt", i.standard(set{"iss": pool})), problem.Unauthenticated, "token_use")
		allow(t, v, "access token", sign(nil, i.cognito(set{"iss": pool})))
	}
}

func TestStandardAccessTokenIsForOurAudience(t *testing.T) {
	i := newIssuer(t)
	marked := []any{"at+jwt", "AT+JWT", "application/at+jwt"}
	for name, config := range map[string]func(*oidc.Config){"client and audience": withAudience, "audience": audienceAlone} {
		v := i.verifier(config)
		types := marked
		if name == "client and audience" {
			types = append(types[:3:3], "JWT", without)
		}
		for _, typ := range types {
			deny(t, v, name+": another audience", signAs(typ, i.standard(set{"aud": "https://other.example"})), problem.Unauthenticated, "another audience")
			deny(t, v, name+": no audience", signAs(typ, i.standard(set{"aud": without})), problem.Unauthenticated, "another audience")
			deny(t, v, name+": a longer audience", signAs(typ, i.standard(set{"aud": audience + "/"})), problem.Unauthenticated, "another audience")

			allow(t, v, name, signAs(typ, i.standard(nil)))
			allow(t, v, name+": several audiences", signAs(typ, i.standard(set{"aud": []string{"userinfo", audience}})))
			allow(t, v, name+": another of our clients", signAs(typ, i.standard(set{"client_id": "terraform"})))
		}
		for _, typ := range []any{"logout+jwt", "secevent+jwt", "dpop+jwt", "application/", "", "id", 7, []string{"at+jwt"}} {
			deny(t, v, name+": another type", signAs(typ, i.standard(nil)), problem.Unauthenticated, "")
		}
		deny(t, v, name+": a logout token", sign(nil, i.standard(set{"events": set{}})), problem.Unauthenticated, "event")
		deny(t, v, name+": a bound token", signAs("at+jwt", i.standard(set{"cnf": set{"jkt": "x"}})), problem.Unauthenticated, "bound")
	}
}

func TestStandardAccessTokenIsFromOurClientWithoutAudience(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(nil)
	deny(t, v, "another client", signAs("at+jwt", i.standard(set{"client_id": "another"})), problem.Unauthenticated, "another client")
	deny(t, v, "no client", signAs("at+jwt", i.standard(set{"client_id": without})), problem.Unauthenticated, "another client")
	deny(t, v, "client_id is not ours, azp is", signAs("at+jwt", i.standard(set{"client_id": "another", "azp": clientID})), problem.Unauthenticated, "another client")
	deny(t, v, "nothing marks it", sign(nil, i.standard(nil)), problem.Unauthenticated, "Nothing marks")

	allow(t, v, "our client", signAs("at+jwt", i.standard(nil)))
	allow(t, v, "our client as azp", signAs("at+jwt", i.standard(set{"client_id": without, "azp": clientID})))
}

func TestAudienceEqualToTheClientIsNotEnough(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(clientAudience)
	deny(t, v, "without typ", sign(nil, i.standard(set{"aud": clientID})), problem.Unauthenticated, "ID token")
	deny(t, v, "another audience", sign(nil, i.standard(nil)), problem.Unauthenticated, "Nothing marks")
	allow(t, v, "with typ", signAs("at+jwt", i.standard(set{"aud": clientID})))
}

func TestAudienceWithoutAClientIsNotEnough(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(audienceAlone)
	deny(t, v, "it could be a client's id", sign(nil, i.idToken(set{"aud": audience})), problem.Unauthenticated, "Nothing marks")
	deny(t, v, "with typ JWT", signAs("JWT", i.standard(nil)), problem.Unauthenticated, "Nothing marks")
}
