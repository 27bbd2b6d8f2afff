package storetest_test

import (
	"crypto/rand"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// pages follows the cursors of a list to its end, and returns the ids of all its pages.
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

func TestApplicationsSortAndTheirCursorKnowsHow(t *testing.T) {
	h, by := open(t), owner("acme")
	b, a, d, c := h.application(by, "b").ID, h.application(by, "A").ID, h.application(by, "d").ID, h.application(by, "C").ID
	do := func(id string, actions ...string) {
		for _, action := range actions {
			must(h.applications.Change(t.Context(), "acme", id, applications.Transition(by, action, h.tick(), rand.Reader)))
		}
	}
	do(a, "disable")
	do(d, "disable", "archive")
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
			req := api.ListApplicationsRequest{Page: api.Page{Limit: limit}, Sort: sort, Include: "archived"}
			if err := req.Validate(); err != nil {
				t.Error(err)
			}
			got := pages(t, func(a applications.Application) string { return a.ID }, func(cursor string) ([]applications.Application, *string, error) {
				req.Cursor = cursor
				return h.applications.List(t.Context(), "acme", req)
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q in pages of %d (-want +got):\n%s", sort, limit, diff)
			}
		}
	}
	_, next, err := h.applications.List(t.Context(), "acme", api.ListApplicationsRequest{Page: api.Page{Limit: 1}, Sort: api.CatalogByName})
	if err != nil {
		t.Fatal(err)
	}
	for _, sort := range []api.CatalogSort{"", api.CatalogByNameBack, api.CatalogOldestFirst, api.CatalogByStatus} {
		req := api.ListApplicationsRequest{Page: api.Page{Cursor: *next}, Sort: sort}
		if _, _, err := h.applications.List(t.Context(), "acme", req); !problem.Is(err, problem.InvalidField) {
			t.Errorf("a cursor of another sort than %q: %v, want invalid_field", sort, err)
		}
	}
}

func TestArxesSortAndTheirCursorKnowsHow(t *testing.T) {
	h, by := open(t), owner("acme")
	b, a, d, c := h.arx(by, "b").ID, h.arx(by, "A").ID, h.arx(by, "d").ID, h.arx(by, "C").ID
	must(h.changeArx(by, a, "disable"))
	if err := h.deleteArx(by, d); err != nil {
		t.Fatal(err)
	}
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
			req := api.ListArxesRequest{Page: api.Page{Limit: limit}, Sort: sort, Include: "deleted"}
			if err := req.Validate(); err != nil {
				t.Error(err)
			}
			got := pages(t, func(a arxes.Arx) string { return a.ID }, func(cursor string) ([]arxes.Arx, *string, error) {
				req.Cursor = cursor
				return h.arxes.List(t.Context(), "acme", req)
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q in pages of %d (-want +got):\n%s", sort, limit, diff)
			}
		}
	}
	_, next, err := h.arxes.List(t.Context(), "acme", api.ListArxesRequest{Page: api.Page{Limit: 1}, Sort: api.CatalogByName})
	if err != nil {
		t.Fatal(err)
	}
	for _, sort := range []api.CatalogSort{"", api.CatalogByNameBack, api.CatalogOldestFirst, api.CatalogByStatus} {
		req := api.ListArxesRequest{Page: api.Page{Cursor: *next}, Sort: sort}
		if _, _, err := h.arxes.List(t.Context(), "acme", req); !problem.Is(err, problem.InvalidField) {
			t.Errorf("a cursor of another sort than %q: %v, want invalid_field", sort, err)
		}
	}
}
