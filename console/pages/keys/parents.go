package keys

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/arxkeys/arxkeys/console/pages/listing"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// parents are the applications and Arxes to filter by.
type parents struct {
	applications []api.Application
	arxes        []api.Arx
}

// maxParentPages bounds how many are offered: 500 of each kind. The pages of all others link to their keys.
const maxParentPages = 5

func readParents(ctx context.Context, c *client.Client) (parents, error) {
	var (
		wait sync.WaitGroup
		p    parents
		errs [2]error
	)
	wait.Go(func() {
		p.applications, errs[0] = all(func(page api.Page) (api.ApplicationList, error) {
			return client.Call(ctx, c, api.ListApplications, api.ListApplicationsRequest{Page: page, Include: "archived"})
		})
	})
	wait.Go(func() {
		p.arxes, errs[1] = all(func(page api.Page) (api.ArxList, error) {
			return client.Call(ctx, c, api.ListArxes, api.ListArxesRequest{Page: page})
		})
	})
	wait.Wait()
	ui.Sort(p.applications, func(a, b api.Application) int { return compareNames(a.Name, b.Name) })
	ui.Sort(p.arxes, func(a, b api.Arx) int { return compareNames(a.Name, b.Name) })
	return p, errors.Join(errs[:]...)
}

func compareNames(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

// all reads a list page by page.
func all[Item, Totals any](read func(page api.Page) (api.List[Item, Totals], error)) ([]Item, error) {
	var items []Item
	page := api.Page{Limit: api.MaxPageItems}
	for range maxParentPages {
		list, err := read(page)
		items = append(items, list.Items...)
		if err != nil || list.NextCursor == nil {
			return items, err
		}
		page.Cursor = *list.NextCursor
	}
	return items, nil
}

// filters returns the filters of the list.
func filters(p parents) []listing.Filter {
	applications, arxes := make([]ui.Option, len(p.applications)), make([]ui.Option, len(p.arxes))
	for i, a := range p.applications {
		applications[i] = ui.Option{Value: a.ID, Label: a.Name}
	}
	for i, a := range p.arxes {
		arxes[i] = ui.Option{Value: a.ID, Label: a.Name}
	}
	return []listing.Filter{
		{Param: "application", Label: "Application", Any: "All applications", Options: applications, Valid: isID(api.ApplicationPrefix)},
		{Param: "arx", Label: "Arx", Any: "All Arxes", Options: arxes, Valid: isID(api.ArxPrefix)},
		{Param: "status", Label: "Status", Any: "Any status", Options: []ui.Option{
			{Value: string(api.WorkingKeys), Label: "Active"}, {Value: string(api.StoppedKeys), Label: "Stopped"}, {Value: string(api.ActiveKeys), Label: "Active or stopped"},
			{Value: string(api.DisabledKeys), Label: "Disabled"}, {Value: string(api.ExpiredKeys), Label: "Expired"},
			{Value: string(api.ExpiringKeys), Label: "Expiring within 7 days"}, {Value: string(api.RotationDueKeys), Label: "Rotation due"},
			{Value: string(api.UnusedKeys), Label: "Unused for 90 days"}, {Value: string(api.DeletedKeys), Label: "Deleted"},
		}},
	}
}

func isID(prefix string) func(string) bool {
	return func(id string) bool { return api.ValidID(prefix, id) }
}
