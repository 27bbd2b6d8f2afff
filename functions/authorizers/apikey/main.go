// Command apikey is the Lambda authorizer that other API Gateways ask whether an access key opens them.
package main

import (
	"fmt"
	"os"

	"github.com/arxkeys/arxkeys/shared/lambdaauthorizer"
	"github.com/arxkeys/arxkeys/shared/lambdaenvironment"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

func main() {
	s, err := readSettings(os.LookupEnv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	db, connected := table.ConnectingFromEnv(verification.Connections)
	keys := verification.FromEnv(db)
	h := handler{verifier: keys, settings: s}
	lambdaauthorizer.Start(lambdaauthorizer.Options{Name: "apikey", PerRoute: s.required != nil}, h.decide, lambdaenvironment.Life{Ready: connected, End: keys.End})
}
