package audit

import (
	"encoding/json"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Response returns the event in the API's format. Numbers keep their original digits, so that a caller can
// verify the hash.
func (e Event) Response() (api.AuditEvent, error) {
	changes := map[string][2]any{}
	for field, values := range e.Changes {
		var pair [2]any
		for i, v := range values {
			encoded, err := json.Marshal(v)
			if err != nil {
				return api.AuditEvent{}, fmt.Errorf("encode event %s: %w", e.ID, err)
			}
			pair[i] = json.RawMessage(encoded)
		}
		changes[field] = pair
	}
	return api.AuditEvent{
		ID: e.ID, At: e.At, Action: e.Action, Principal: e.Principal, Resource: api.AuditResource(e.Resource), From: e.From,
		Changes: changes, RequestID: e.RequestID, Previous: e.Previous, Hash: e.Hash,
	}, nil
}
