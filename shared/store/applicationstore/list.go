package applicationstore

import (
	"context"
	"iter"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// List returns a page of the tenant's applications in the order that the request asks for. It returns
// problem.InvalidField for a cursor of another tenant, filter or order.
func (s *Applications) List(ctx context.Context, tenant string, req api.ListApplicationsRequest) (table.ListPage[applications.Application], error) {
	search := names.NewSearch(req.Query)
	return table.List[applications.Application]{
		Prefix: api.ApplicationPrefix, Page: req.Page, Sort: string(req.Sort),
		Words: []string{api.ListApplications.Name, tenant, req.Query, string(req.Status), req.Include},
		Rows: func(position string, backward bool, expected int) iter.Seq2[applications.Application, error] {
			rows := table.Partition(table.Application(tenant, "")).Behind(position, backward)
			return table.Decoded(s.db.Rows(ctx, rows, expected), func(item table.Item) (applications.Application, error) { return Decode(tenant, item), nil })
		},
		Wanted: func(a applications.Application) bool { return matches(a, req, search) },
		ID:     func(a applications.Application) string { return a.ID },
		By:     by,
	}.Read()
}

func matches(a applications.Application, req api.ListApplicationsRequest, search names.Search) bool {
	switch {
	case req.Status != "":
		if a.Status != req.Status {
			return false
		}
	case a.Status == api.ApplicationArchived && req.Include != "archived":
		return false
	}
	return search.Finds(a.Name, a.ID)
}

// by returns the value of the application to sort by.
func by(a applications.Application, column string) string {
	if api.CatalogSort(column) == api.CatalogByStatus {
		return table.SortedWord(a.Status, api.ApplicationActive, api.ApplicationDisabled, api.ApplicationArchived)
	}
	return table.SortedText(names.Fold(a.Name))
}
