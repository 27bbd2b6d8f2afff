package session

import (
	"encoding/json"
	"strings"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// CallbackPath is the path of the redirect URI, to which the provider sends the browser back.
const CallbackPath = "/callback"

// departureKey is the key in sessionStorage of the departure, while the person is at the provider. The page's script
// signin.js stores it, which can sign in before the program runs.
const departureKey = "arxkeys.departure"

// departure is what the tab has to remember when it leaves for the provider.
type departure struct {
	State    string `json:"state"`    // returns with the code, which proves that this tab asked for it
	Nonce    string `json:"nonce"`    // returns in the ID token, which proves that it is for this sign-in
	Verifier string `json:"verifier"` // needed to redeem the code, so that nobody else who sees the code can (PKCE)
	Back     string `json:"back"`     // the address to return to
}

// arrival is what a tab returns with from the provider: a code, or the reason why there is none. The
// zero value is for a tab that does not come from the provider.
type arrival struct {
	departure
	code string
	err  error
}

// arrive reads the arrival from the tab's address, and restores the address that the person left from.
func arrive(tab Tab) arrival {
	address := tab.Address()
	if address.Path != CallbackPath {
		return arrival{}
	}
	var a arrival
	json.Unmarshal([]byte(tab.Get(departureKey)), &a.departure) // on error, the state stays empty, which is refused below
	tab.Remove(departureKey)
	tab.Replace(local(a.Back))
	q := address.Query()
	switch {
	case a.State == "" || q.Get("state") != a.State:
		return arrival{err: problem.New(problem.Unauthenticated, "This tab did not start this sign-in. Sign in again.")}
	case q.Get("error") != "":
		detail := "The sign-in was not completed: " + q.Get("error")
		if d := q.Get("error_description"); d != "" {
			detail = "The sign-in was not completed: " + d
		}
		return arrival{err: problem.New(problem.Unauthenticated, strings.TrimRight(detail, ".")+". Sign in again.")}
	case q.Get("code") == "":
		return arrival{err: problem.New(problem.Unauthenticated, "The sign-in returned no code. Sign in again.")}
	}
	a.code = q.Get("code")
	return a
}

// local returns the address if it is within the console, and otherwise the start page. It never returns
// an address of another host, nor the callback itself.
func local(address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.HasPrefix(address, `/\`) ||
		address == CallbackPath || strings.HasPrefix(address, CallbackPath+"?") {
		return "/"
	}
	return address
}
