package keystore

import (
	"context"
	"iter"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// rows goes through the tenant's rows behind the position that the filter lets through, as they were
// created: those of deleted keys lie apart, and are merged in where they are wanted.
func (s *Keys) rows(ctx context.Context, tenant string, f filter, position string, backward bool, expected int) iter.Seq2[keys.Row, error] {
	stretch := func(of func(tenant, id string) table.Key) iter.Seq2[keys.Row, error] {
		behind := ""
		if position != "" {
			behind = of(tenant, position).SK
		}
		r := table.Prefixed(of(tenant, api.KeyPrefix)).Behind(behind, backward)
		return table.Decoded(s.db.Rows(ctx, r, expected), func(item table.Item) (keys.Row, bool) {
			row := decodeRow(item)
			return row, f.passes(row)
		})
	}
	if !f.wantsDeleted() {
		return stretch(table.KeyRow)
	}
	return merged(stretch(table.KeyRow), stretch(table.DeletedKeyRow), backward)
}

// merged goes through both, as the keys were created. Ids sort by time. A row of live that is in
// deleted too was deleted between the two reads.
func merged(live, deleted iter.Seq2[keys.Row, error], backward bool) iter.Seq2[keys.Row, error] {
	return func(yield func(keys.Row, error) bool) {
		nextA, stopA := iter.Pull2(live)
		defer stopA()
		nextB, stopB := iter.Pull2(deleted)
		defer stopB()
		rowA, errA, okA := nextA()
		rowB, errB, okB := nextB()
		for okA || okB {
			if okA && okB && errA == nil && errB == nil && rowA.ID == rowB.ID {
				rowA, errA, okA = nextA()
				continue
			}
			if okA && (errA != nil || !okB || rowA.ID > rowB.ID == backward) {
				if !yield(rowA, errA) || errA != nil {
					return
				}
				rowA, errA, okA = nextA()
			} else {
				if !yield(rowB, errB) || errB != nil {
					return
				}
				rowB, errB, okB = nextB()
			}
		}
	}
}
