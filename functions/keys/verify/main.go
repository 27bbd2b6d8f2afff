// Command verify is the Lambda behind POST /v1/keys/verify.
package main

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambdaenvironment"
	"github.com/arxkeys/arxkeys/shared/lambdahttp"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

func main() {
	db, connected := table.ConnectingFromEnv(verification.Connections)
	keys := verification.FromEnv(db)
	h := handler{keys: keys}
	lambdahttp.StartAhead(api.VerifyKey, callerstore.Authenticator(db), keys.Ahead, h.verify, lambdaenvironment.Life{Ready: connected, End: keys.End})
}
