package openapi

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
)

// patch is a request with every kind of field in a merge patch.
type patch struct {
	api.Conditional
	ID    string                     `path:"id" json:"-"`
	Text  api.Patch[string]          `json:"text,omitzero"`
	List  api.Patch[[]string]        `json:"list,omitzero"`
	Time  api.Patch[time.Time]       `json:"time,omitzero"`
	Word  api.Patch[api.Cycle]       `json:"word,omitzero"`
	Any   api.Patch[json.RawMessage] `json:"any,omitzero"`
	Plain string                     `json:"plain,omitempty"`
}

func (patch) Validate() error { return nil }

func TestFieldOfAPatchIsItsTypeOrNull(t *testing.T) {
	op := api.Operation[patch, api.Arx]{Name: "arxes.update", Method: "PATCH", Path: "/v1/arxes/{id}", Permission: api.WriteCatalog, Status: 200}
	text, err := Document([]api.Spec{op.Spec()}, os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any `json:"properties"`
				Required   []string       `json:"required"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	got := document.Components.Schemas["patch"]
	want := map[string]any{
		"text":  map[string]any{"type": []any{"string", "null"}, "minLength": 1.0},
		"list":  map[string]any{"type": []any{"array", "null"}, "items": map[string]any{"type": "string", "minLength": 1.0}},
		"time":  map[string]any{"type": []any{"string", "null"}, "format": "date-time", "pattern": sentPattern},
		"word":  map[string]any{"anyOf": []any{map[string]any{"$ref": "#/components/schemas/RotationCycle"}, map[string]any{"type": "null"}}},
		"any":   map[string]any{"type": []any{"object", "null"}},
		"plain": map[string]any{"type": "string", "minLength": 1.0},
	}
	if diff := cmp.Diff(want, got.Properties); diff != "" {
		t.Error(diff)
	}
	if len(got.Required) > 0 {
		t.Errorf("required: %v", got.Required)
	}
	if _, leaks := document.Components.Schemas["Conditional"]; leaks {
		t.Error("an embedded struct is a schema of its own")
	}
}
