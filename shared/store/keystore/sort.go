package keystore

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// by returns the text by which the column sorts a row of that status.
func by(r keys.Row, status api.KeyStatus, column string) string {
	switch api.KeySort(column) {
	case api.ByStatus:
		return table.SortedWord(status, api.KeyActive, api.KeyDisabled, api.KeyExpired, api.KeyDeleted)
	case api.ByExpiry:
		return table.SortedTime(r.ExpiresAt)
	case api.ByRotation:
		return table.SortedTime(&r.RotateBy)
	default:
		return table.SortedText(names.Fold(r.Name))
	}
}
