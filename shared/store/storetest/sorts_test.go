package storetest_test

import (
	"crypto/rand"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// pages reads a list to its end, and returns the ids of all its pages.
func pages[Row any](t *testing.T, id func(Row) string, read func(cursor string) ([]Row, *string, error)) (found []string) {
	t.Helper()
	cursor := ""
	for {
		page, next, err := read(cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page {
			found = append(found, id(row))
		}
		if next == nil {
			return found
		}
		cursor = *next
	}
}

func parts[Row any](page table.ListPage[Row], err error) ([]Row, *string, error) {
	return page.Rows, page.Next, err
}

func TestApplicationsSortAndCursorKeepsTheOrder(t *testing.T) {
	h, by := open(t), owner("acme")
	b, a, d, c := h.application(by, "b").ID, h.application(by, "A").ID, h.application(by, "d").ID, h.application(by, "C").ID
	do := func(id string, actions ...lifecycle.Action) {
		for _, action := range actions {
			change := func(was applications.Application) (applications.Application, error) {
				return was.Do(action, by, h.tick())
			}
			must(h.applications.Change(t.Context(), "acme", id, lifecycle.Transition(by, "change", api.Conditional{}, change, rand.Reader)))
		}
	}
	do(a, applications.Disable)
	do(d, applications.Disable, applications.Archive)
	sortsOfCatalog(t, [4]string{a, b, c, d}, func(a applications.Application) string { return a.ID }, func(page api.Page, sort api.CatalogSort) ([]applications.Application, *string, error) {
		req := api.ListApplicationsRequest{Page: page, Sort: sort, Include: "archived"}
		if err := req.Validate(); err != nil {
			t.Error(err)
		}
		return parts(h.applications.List(t.Context(), "acme", req))
	})
}

func TestArxesSortAndCursorKeepsTheOrder(t *testing.T) {
	h, by := open(t), owner("acme")
	b, a, d, c := h.arx(by, "b").ID, h.arx(by, "A").ID, h.arx(by, "d").ID, h.arx(by, "C").ID
	must(h.changeArx(by, a, arxes.Disable))
	if err := h.deleteArx(by, d); err != nil {
		t.Fatal(err)
	}
	sortsOfCatalog(t, [4]string{a, b, c, d}, func(a arxes.Arx) string { return a.ID }, func(page api.Page, sort api.CatalogSort) ([]arxes.Arx, *string, error) {
		req := api.ListArxesRequest{Page: page, Sort: sort, Include: "deleted"}
		if err := req.Validate(); err != nil {
			t.Error(err)
		}
		return parts(h.arxes.List(t.Context(), "acme", req))
	})
}

// sortsOfCatalog lists A, b, C and d, which were created as b, A, d, C; A is disabled and d is deleted or
// archived.
func sortsOfCatalog[T any](t *testing.T, ids [4]string, id func(T) string, list func(api.Page, api.CatalogSort) ([]T, *string, error)) {
	t.Helper()
	a, b, c, d := ids[0], ids[1], ids[2], ids[3]
	for sort, want := range map[api.CatalogSort][]string{
		"":            {c, d, a, b},
		"-created_at": {c, d, a, b},
		"created_at":  {b, a, d, c},
		"name":        {a, b, c, d},
		"-name":       {d, c, b, a},
		"status":      {b, c, a, d},
		"-status":     {d, a, c, b},
	} {
		for limit := range 6 {
			got := pages(t, id, func(cursor string) ([]T, *string, error) {
				return list(api.Page{Limit: limit, Cursor: cursor}, sort)
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q in pages of %d (-want +got):\n%s", sort, limit, diff)
			}
		}
	}
	_, next, err := list(api.Page{Limit: 1}, api.CatalogByName)
	if err != nil {
		t.Fatal(err)
	}
	for _, sort := range []api.CatalogSort{"", api.CatalogByNameBack, api.CatalogOldestFirst, api.CatalogByStatus} {
		if _, _, err := list(api.Page{Cursor: *next}, sort); !problem.Is(err, problem.InvalidField) {
			t.Errorf("a cursor of another order than %q: %v, want invalid_field", sort, err)
		}
	}
}
