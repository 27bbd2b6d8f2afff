package snippet

import (
	_ "embed"
	"encoding/json"
	"strings"
)

// Use is what the snippets that use an API key contain. The access key and the management key come from the
// environment: no snippet contains a secret.
type Use struct {
	Address string // of the API: https://keys.example
	KeyID   string
	ArxID   string
	Tenant  string
	Scopes  []string
	Origin  string // one of the application's allowed origins; empty if it has none
}

// The templates are code that runs, with these values in it. The tests run them.
const (
	exampleAddress = "https://arxkeys.example"
	exampleArx     = "arx_0123456789abcdef"
	exampleScope   = "invoices:read"
	exampleOrigin  = "https://shop.example"
	exampleTenant  = "default"
	exampleFile    = "key.env"
)

var (
	//go:embed templates/verify.go.txt
	goCode string
	//go:embed templates/verify.ts.txt
	tsCode string
	//go:embed templates/verify.py.txt
	pyCode string
	//go:embed templates/authorizer.yaml.txt
	authorizerCode string
	//go:embed templates/load.sh.txt
	loadCode string
	//go:embed templates/curl.sh.txt
	curlCode string
)

// EnvFile returns the name of the .env file with the access key.
func (u Use) EnvFile() string { return u.KeyID + ".env" }

// Curl returns a command that tests the access key with the API, with an Origin header if the application
// needs one. The access key stays out of the shell's history.
func (u Use) Curl() string {
	code := strings.Replace(trim(curlCode), exampleAddress+"/v1/whoami", Word(u.Address+"/v1/whoami"), 1)
	if u.Origin != "" {
		code += " \\\n  -H " + Word("Origin: "+u.Origin)
	}
	return code
}

// Load returns commands that load the .env file.
func (u Use) Load() string {
	return strings.NewReplacer("./"+exampleFile, "./"+Word(u.EnvFile()), exampleFile, Word(u.EnvFile())).Replace(trim(loadCode))
}

// Go returns a program that verifies the access key with our client, as do the next two.
func (u Use) Go() string { return u.fill(goCode) }

// TypeScript returns a program that verifies the access key.
func (u Use) TypeScript() string { return u.fill(tsCode) }

// Python returns a program that verifies the access key.
func (u Use) Python() string { return u.fill(pyCode) }

// Authorizer returns the environment of the Lambda authorizer, in a SAM template.
func (u Use) Authorizer() string {
	yaml := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	scopes := `{"ANY /{proxy+}": [` + u.scopes() + `]}`
	return strings.NewReplacer(
		"'"+exampleArx+"'", yaml(u.ArxID), "'"+exampleTenant+"'", yaml(u.Tenant),
		`'{"ANY /{proxy+}": ["`+exampleScope+`"]}'`, yaml(scopes),
	).Replace(trim(authorizerCode))
}

// fill replaces the string literals of a template. A literal of JSON is one of Go, TypeScript and Python too.
// Without an origin, its line is left out.
func (u Use) fill(template string) string {
	if u.Origin == "" {
		before, rest, _ := strings.Cut(template, literal(exampleOrigin))
		_, after, _ := strings.Cut(rest, "\n")
		template = before[:strings.LastIndex(before, "\n")+1] + after
	}
	return strings.NewReplacer(
		literal(exampleAddress), literal(u.Address), literal(exampleArx), literal(u.ArxID),
		literal(exampleScope), u.scopes(), literal(exampleOrigin), literal(u.Origin),
	).Replace(trim(template))
}

func (u Use) scopes() string {
	scopes := make([]string, len(u.Scopes))
	for i, s := range u.Scopes {
		scopes[i] = literal(s)
	}
	return strings.Join(scopes, ", ")
}

func literal(text string) string {
	quoted, _ := json.Marshal(text) // can't fail: a string
	return string(quoted)
}

func trim(text string) string { return strings.TrimSuffix(text, "\n") }
