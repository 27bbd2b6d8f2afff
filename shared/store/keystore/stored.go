package keystore

import (
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Revision is the attribute of a row that counts its writes. Copies do not have it.
const Revision = rowRevision

// DecodeRow returns the row from its item or a copy.
func DecodeRow(item table.Item) keys.Row { return decodeRow(item) }

// DecodeKey returns the key from its credential. Its counted status is only in its row, and the uses of its
// limits are in package limitstore.
func DecodeKey(item table.Item) keys.Key { return decodeKey(item) }

// StoredCredential returns the credential that has to lie in the table for the key, with the digests of its newest and its
// older access key; nil where it has none.
func StoredCredential(k keys.Key, newest, older []byte) table.Item {
	item := encodeCredential(k)
	item.SetBytes(digest, newest)
	item.SetBytes(oldDigest, older)
	return item
}
