package arxstore

import (
	"context"
	"iter"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// List returns a page of the tenant's Arxes in the order that the request asks for. It returns
// problem.InvalidField for a cursor of another tenant, filter or order.
func (s *Arxes) List(ctx context.Context, tenant string, req api.ListArxesRequest) (table.ListPage[arxes.Arx], error) {
	search := names.NewSearch(req.Query)
	return table.List[arxes.Arx]{
		Prefix: api.ArxPrefix, Page: req.Page, Sort: string(req.Sort),
		Words: []string{api.ListArxes.Name, tenant, req.Query, string(req.Status), req.Include},
		Rows: func(position string, backward bool, expected int) iter.Seq2[arxes.Arx, error] {
			rows := table.Partition(table.Arx(tenant, "")).Behind(position, backward)
			return table.Decoded(s.db.Rows(ctx, rows, expected), func(item table.Item) (arxes.Arx, error) { return Decode(tenant, item), nil })
		},
		Wanted: func(a arxes.Arx) bool { return matches(a, req, search) },
		ID:     func(a arxes.Arx) string { return a.ID },
		By:     by,
	}.Read()
}

func matches(a arxes.Arx, req api.ListArxesRequest, search names.Search) bool {
	switch {
	case req.Status != "":
		if a.Status != req.Status {
			return false
		}
	case a.Status == api.ArxDeleted && req.Include != "deleted":
		return false
	}
	return search.Finds(a.Name, a.ID)
}

// by returns the value of the Arx to sort by.
func by(a arxes.Arx, column string) string {
	if api.CatalogSort(column) == api.CatalogByStatus {
		return table.SortedWord(a.Status, api.ArxActive, api.ArxDisabled, api.ArxDeleted)
	}
	return table.SortedText(names.Fold(a.Name))
}
