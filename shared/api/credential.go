package api

import (
	"encoding/json"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// MaxCredentialBytes bounds the total size of a key's name, scopes, allowed IPs and metadata, so that
// verification reads a key's item within one DynamoDB read unit of 4 KB.
const MaxCredentialBytes = 2900

// FitsCredential returns problem.InvalidField for the longest field if a key's name, scopes, allowed IPs
// and metadata exceed MaxCredentialBytes in total.
func FitsCredential(name string, scopes, allowedIPs []string, metadata json.RawMessage) error {
	var c check
	c.fitsCredential(name, scopes, allowedIPs, metadata)
	return c.err()
}

func (c *check) fitsCredential(name string, scopes, allowedIPs []string, metadata json.RawMessage) {
	longest, most, sum := "", 0, 0
	add := func(field string, bytes int) {
		if sum += bytes; bytes > most {
			longest, most = field, bytes
		}
	}
	add("name", len(name))
	add("scopes", listBytes(scopes))
	add("allowed_ips", listBytes(allowedIPs))
	add("metadata", len(metadata))
	if sum > MaxCredentialBytes {
		c.fields = append(c.fields, problem.Field{Field: longest, Code: "too_long", Detail: fmt.Sprintf(
			"name, scopes, allowed_ips and metadata have %d bytes in total, this field %d; at most %d are allowed in total.", sum, most, MaxCredentialBytes)})
	}
}

// listBytes returns the stored size of a list: one extra byte for each element.
func listBytes(texts []string) (n int) {
	for _, t := range texts {
		n += len(t) + 1
	}
	return n
}
