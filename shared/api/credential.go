package api

import (
	"encoding/json"
	"fmt"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// MaxCredentialBytes is how long a key's name, scopes, allowed IPs and metadata may be together: what
// verification reads of a key is then one read of DynamoDB's unit of 4 KB.
const MaxCredentialBytes = 2900

// FitsCredential answers problem.InvalidField, at the longest of them, where a key's name, scopes,
// allowed IPs and metadata are more than MaxCredentialBytes together.
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
			"name, scopes, allowed IPs and metadata are %d bytes together, of which these are %d; at most %d, so that a verification is one read.", sum, most, MaxCredentialBytes)})
	}
}

// listBytes is how long a list is where it is stored: one byte more for each text.
func listBytes(texts []string) (n int) {
	for _, t := range texts {
		n += len(t) + 1
	}
	return n
}
