package keys

import (
	"encoding/json"

	"github.com/arxkeys/arxkeys/console/snippet"
	"github.com/arxkeys/arxkeys/shared/api"
)

// handover is what a person takes from the wizard: the access key and where to use it.
type handover struct {
	key      api.Key
	secret   string
	endpoint string // of the Arx; may be empty
}

// env returns a .env file for shells and containers.
func (h handover) env() string {
	text := snippet.Comment(h.key.ID+": "+h.key.Application.Name+" calls "+h.key.Arx.Name) +
		snippet.Assignment("ARXKEYS_ACCESS_KEY", h.secret)
	if h.endpoint != "" {
		text += snippet.Assignment("ARXKEYS_ENDPOINT", h.endpoint)
	}
	return text
}

// json returns a JSON file for programs.
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
		panic(err) // can't happen: only strings
	}
	return string(text) + "\n"
}
