package keystore

import (
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Revision is the attribute of a row that counts its writes. What is found by the row has none.
const Revision = rowRevision

// DecodeRow returns what the row of a key shows.
func DecodeRow(item table.Item) keys.Row { return decodeRow(item) }

// DecodeKey returns the key that the credential shows. What the key is counted in stands in its row
// alone, and what is used of its limits where limitstore keeps it.
func DecodeKey(item table.Item) keys.Key { return decodeKey(item) }
