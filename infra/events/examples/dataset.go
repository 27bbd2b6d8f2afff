package examples

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Dataset is the sample data of the examples: an organisation with some resources of each kind.
type Dataset struct {
	Credential string `json:"credential"` // a management key with the role owner; it is public: never use it for other data

	Gateway string `json:"gateway"` // a management key with the role verifier; as public as the other one

	Application   string `json:"application"` // active
	Arx           string `json:"arx"`         // active, the default
	OtherArx      string `json:"other_arx"`   // active
	Key           string `json:"key"`         // active, of the application and the Arx
	AccessKey     string `json:"access_key"`  // of the key
	ManagementKey string `json:"management_key"`

	Items []json.RawMessage `json:"items"` // of the table, in DynamoDB's JSON
}

// stamp is the beginning of the partition key of the stamp.
var stamp = []byte(`"meta#`)

//go:embed dataset.json
var recorded []byte

// Recorded returns the recorded dataset.
var Recorded = sync.OnceValues(func() (dataset Dataset, err error) {
	if err := json.Unmarshal(recorded, &dataset); err != nil {
		return dataset, fmt.Errorf("dataset.json: %w: run go run ./infra/events record", err)
	}
	return dataset, nil
})

// Scan reads all items of the table into the dataset, except for its stamp, which belongs to one table.
func (h *Dataset) Scan(ctx context.Context, endpoint, table string) error {
	var page struct {
		Items            []json.RawMessage
		LastEvaluatedKey json.RawMessage `json:",omitempty"`
	}
	if err := call(ctx, endpoint, "Scan", map[string]any{"TableName": table, "ConsistentRead": true}, &page); err != nil {
		return err
	}
	if page.LastEvaluatedKey != nil {
		return fmt.Errorf("scan %s: it has more than one page", table)
	}
	h.Items = slices.DeleteFunc(page.Items, func(item json.RawMessage) bool { return bytes.Contains(item, stamp) })
	return nil
}

// Put writes the items of the dataset into the table.
func (h Dataset) Put(ctx context.Context, endpoint, table string) error {
	for _, item := range h.Items {
		if err := call(ctx, endpoint, "PutItem", map[string]any{"TableName": table, "Item": item}, nil); err != nil {
			return err
		}
	}
	return nil
}

// Restore deletes all other items of the table except for its stamp, and puts those of the dataset.
func (h Dataset) Restore(ctx context.Context, endpoint, table string) error {
	var now Dataset
	if err := now.Scan(ctx, endpoint, table); err != nil {
		return err
	}
	for _, item := range now.Items {
		var key struct {
			PK json.RawMessage `json:"pk"`
			SK json.RawMessage `json:"sk"`
		}
		if err := json.Unmarshal(item, &key); err != nil {
			return err
		}
		if err := call(ctx, endpoint, "DeleteItem", map[string]any{"TableName": table, "Key": key}, nil); err != nil {
			return err
		}
	}
	return h.Put(ctx, endpoint, table)
}

// call calls a DynamoDB engine with the access key in its endpoint and a fake signature. Items remain JSON.
func call(ctx context.Context, endpoint, action string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	accessKey := r.URL.User.Username()
	r.URL.User = nil
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+action)
	r.Header.Set("X-Amz-Date", "20260201T091200Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+accessKey+"/20260201/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", action, res.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
