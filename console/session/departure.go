package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// CallbackPath is where the provider sends a person back to.
const CallbackPath = "/callback"

// departureKey is where sessionStorage holds the departure while the person is with the provider.
const departureKey = "arxkeys.departure"

// departure is what the tab has to remember of a sign-in that it left for.
type departure struct {
	State    string `json:"state"`    // comes back with the code: this tab has asked for it
	Nonce    string `json:"nonce"`    // comes back in the ID token: the token is for this sign-in
	Verifier string `json:"verifier"` // redeems the code: nobody else who sees it can
	Back     string `json:"back"`     // the address to return to
}

// depart returns a new departure.
func depart(back string) departure {
	verifier := make([]byte, 32)
	rand.Read(verifier) // never fails: the program ends first
	return departure{State: rand.Text(), Nonce: rand.Text(), Verifier: base64.RawURLEncoding.EncodeToString(verifier), Back: local(back)}
}

// challenge is the S256 challenge of the verifier (RFC 7636, section 4.2).
func (d departure) challenge() string {
	sum := sha256.Sum256([]byte(d.Verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// String returns the departure as sessionStorage keeps it.
func (d departure) String() string {
	b, _ := json.Marshal(d) // four strings
	return string(b)
}

// arrival is what a tab comes back with: a code, or the reason why there is none. The zero value is
// that of a tab that does not come from the provider.
type arrival struct {
	departure
	code string
	err  error
}

// arrive reads the arrival out of the tab's address and gives the tab back the address that the
// person left from.
func arrive(tab Tab) arrival {
	address := tab.Address()
	if address.Path != CallbackPath {
		return arrival{}
	}
	var a arrival
	json.Unmarshal([]byte(tab.Get(departureKey)), &a.departure) // none is a departure with no state, refused below
	tab.Remove(departureKey)
	tab.Replace(local(a.Back))
	q := address.Query()
	switch {
	case a.State == "" || q.Get("state") != a.State:
		return arrival{err: problem.New(problem.Unauthenticated, "This tab has not asked for the sign-in that it came back with. Sign in again.")}
	case q.Get("error") != "":
		detail := "The sign-in was not completed: " + q.Get("error")
		if d := q.Get("error_description"); d != "" {
			detail = "The sign-in was not completed: " + d
		}
		return arrival{err: problem.New(problem.Unauthenticated, strings.TrimRight(detail, ".")+". Sign in again.")}
	case q.Get("code") == "":
		return arrival{err: problem.New(problem.Unauthenticated, "The sign-in came back without a code. Sign in again.")}
	}
	a.code = q.Get("code")
	return a
}

// local returns the address if it is one within the console, and the start page otherwise: never
// another host's, and not the way back itself.
func local(address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.HasPrefix(address, `/\`) ||
		address == CallbackPath || strings.HasPrefix(address, CallbackPath+"?") {
		return "/"
	}
	return address
}
