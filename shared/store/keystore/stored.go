package keystore

import (
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// DecodeRow returns what the row of a key shows.
func DecodeRow(item table.Item) keys.Row { return decodeRow(item) }

// DecodeCredential returns the key that the credential shows, and what verification needs of it. What
// the key is counted in stands in its row alone.
func DecodeCredential(item table.Item) (keys.Key, keys.Credential) {
	return decodeKey(item), decodeCredential(item)
}
