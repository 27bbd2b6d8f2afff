package keys

import (
	"encoding/json"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
)

// handover is what somebody takes away from the wizard: the access key and where it is good.
type handover struct {
	key      api.Key
	secret   string
	endpoint string // of the Arx; empty where it has none
	caller   string // an origin that the application is allowed; empty where it calls from none
}

// env returns a file that a shell or a container reads. Containers take quotes for a part of the
// value, so that only an endpoint has them in which a shell would see more than text.
func (h handover) env() string {
	var b strings.Builder
	b.WriteString("# " + h.key.ID + ": " + oneLine(h.key.Application.Name) + " calls " + oneLine(h.key.Arx.Name) + "\n")
	b.WriteString("ARXKEYS_ACCESS_KEY=" + h.secret + "\n")
	if h.endpoint != "" {
		endpoint := strings.ReplaceAll(h.endpoint, "'", "%27")
		if strings.ContainsFunc(endpoint, meansMoreToAShell) {
			endpoint = "'" + endpoint + "'"
		}
		b.WriteString("ARXKEYS_ENDPOINT=" + endpoint + "\n")
	}
	return b.String()
}

func meansMoreToAShell(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(":/.-_%", r)
}

// json returns a file that a program reads.
func (h handover) json() string {
	type named struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Endpoint string `json:"endpoint,omitempty"`
	}
	text, err := json.MarshalIndent(struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		AccessKey   string `json:"access_key"`
		Application named  `json:"application"`
		Arx         named  `json:"arx"`
	}{
		ID: h.key.ID, Name: h.key.Name, AccessKey: h.secret,
		Application: named{ID: h.key.Application.ID, Name: h.key.Application.Name},
		Arx:         named{ID: h.key.Arx.ID, Name: h.key.Arx.Name, Endpoint: h.endpoint},
	}, "", "  ")
	if err != nil {
		panic(err) // strings always encode
	}
	return string(text) + "\n"
}

// curl returns a command that tries the access key at the address of the API, from an origin where
// the application needs one. The access key itself comes from the environment, and stays out of the
// shell's history.
func (h handover) curl(address string) string {
	command := "curl " + address + "/v1/whoami \\\n  -H \"x-api-key: $ARXKEYS_ACCESS_KEY\""
	if h.caller != "" {
		command += " \\\n  -H \"Origin: " + h.caller + "\""
	}
	return command
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
