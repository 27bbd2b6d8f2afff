// Command apikey is a Lambda authorizer for API Gateway APIs, which checks access keys.
package main

import (
	"os"

	"github.com/arxkeys/arxkeys/shared/lambda/authorizer"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

func main() {
	s, err := readSettings(os.LookupEnv)
	if err != nil {
		lambdalog.Fatal("invalid settings", "cause", err.Error())
	}
	db, connected := table.ConnectingFromEnv()
	keys := verification.FromEnv(db)
	h := handler{verifier: keys, settings: s}
	// With scopes by route, an answer must not be cached for other routes. End writes the counted uses
	// before the environment is removed.
	authorizer.Start(authorizer.Options{Name: "apikey", PerRoute: s.required != nil}, h.decide, environment.Hooks{BeforeFirst: connected, OnShutdown: keys.End})
}
