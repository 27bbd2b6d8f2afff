package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/arxkeys/arxkeys/infra/events/examples"
	"github.com/arxkeys/arxkeys/infra/local/stack"
)

const recordedTable = "arxkeys"

// record creates the sample data over HTTP, with the real functions, and stores the items of the table in dataset.json.
func record(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "arxkeys-events")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := stack.Start(ctx, stack.Config{
		DataDir: dir, TableName: recordedTable, Parameters: map[string]string{"MaxManagementKeyDays": "9999"}, // so that the sample data stays valid
	})
	if err != nil {
		return err
	}
	defer s.Stop()
	if _, err := s.ManagementKey(ctx); err != nil {
		return err
	}
	owner, err := s.AccessToken(ctx, "owner@example.com")
	if err != nil {
		return err
	}
	var h examples.Dataset
	create := func(path, body string, take map[string]*string) {
		if err == nil {
			err = post(ctx, s.URL()+path, owner, body, take)
		}
	}
	create("/v1/management-keys", `{"name": "examples", "role": "owner", "expires_at": "2050-01-01T00:00:00Z"}`, map[string]*string{"secret": &h.Credential})
	create("/v1/management-keys", `{"name": "CI", "role": "developer", "expires_at": "2050-01-01T00:00:00Z"}`, map[string]*string{"id": &h.ManagementKey})
	create("/v1/management-keys", `{"name": "gateway", "role": "verifier", "expires_at": "2050-01-01T00:00:00Z"}`, map[string]*string{"secret": &h.Gateway})
	create("/v1/applications", `{"name": "Billing", "technology": "server"}`, map[string]*string{"id": &h.Application})
	create("/v1/arxes", `{"name": "Production EU", "purpose": "production", "regions": ["eu-central-1"]}`, map[string]*string{"id": &h.Arx})
	create("/v1/arxes", `{"name": "Playground", "regions": ["eu-central-1"]}`, map[string]*string{"id": &h.OtherArx})
	create("/v1/keys", `{"application_id": "`+h.Application+`", "arx_id": "`+h.Arx+`", "name": "nightly export", "scopes": ["invoices:read"]}`,
		map[string]*string{"id": &h.Key, "access_key": &h.AccessKey})
	if err != nil {
		return err
	}
	if err := h.Scan(ctx, s.Engine().URL(), recordedTable); err != nil {
		return err
	}
	text, err := json.MarshalIndent(h, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "examples", "dataset.json"), append(text, '\n'), 0o644)
}

// post creates a resource and reads strings from the response by their names, also from the resource inside it.
func post(ctx context.Context, url, credential, body string, take map[string]*string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+credential)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusCreated {
		return fmt.Errorf("%s: %s: %s", url, res.Status, answer)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(answer, &fields); err != nil {
		return err
	}
	for _, inner := range []string{"key", "management_key"} { // the resource, if the response also has a secret
		var record map[string]json.RawMessage
		if json.Unmarshal(fields[inner], &record) == nil && record["id"] != nil {
			fields["id"] = record["id"]
		}
	}
	for name, into := range take {
		if err := json.Unmarshal(fields[name], into); err != nil {
			return fmt.Errorf("%s: the response has no %s: %s", url, name, answer)
		}
	}
	return nil
}
