package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// sums are numbers of keys: in total, and of each application and each Arx.
type sums struct {
	Totals    api.KeyTotals
	Of        map[string]api.KeyTotals
	Catalog   api.ApplicationTotals
	LiveArxes api.ArxTotals
}

// agree fails the test unless the totals, the counts of every application and Arx, and the lists agree. Nothing may
// change meanwhile. It returns the status of every listed key.
func agree(t *testing.T, c *client.Client) (statuses map[string]string) {
	t.Helper()
	statuses = map[string]string{}
	told, listed := sums{Of: map[string]api.KeyTotals{}}, sums{Of: map[string]api.KeyTotals{}}
	told.Totals = everyPage(t, c, api.ListKeys, func(cursor string) api.ListKeysRequest {
		return api.ListKeysRequest{Page: api.Page{Limit: 100, Cursor: cursor}, Include: "deleted"}
	}, func(k api.KeySummary) {
		statuses[k.ID] = string(k.Status)
		counted(&listed.Totals, k.Status)
		for _, id := range []string{k.Application.ID, k.Arx.ID} {
			n := listed.Of[id]
			counted(&n, k.Status)
			listed.Of[id] = n
		}
	})
	told.Catalog = everyPage(t, c, api.ListApplications, func(cursor string) api.ListApplicationsRequest {
		return api.ListApplicationsRequest{Page: api.Page{Limit: 100, Cursor: cursor}, Include: "archived"}
	}, func(a api.Application) {
		statuses[a.ID] = string(a.Status)
		if a.Keys != (api.KeyTotals{}) {
			told.Of[a.ID] = a.Keys
		}
		switch a.Status {
		case api.ApplicationActive:
			listed.Catalog.Active++
		case api.ApplicationDisabled:
			listed.Catalog.Disabled++
		case api.ApplicationArchived:
			listed.Catalog.Archived++
		}
	})
	told.LiveArxes = everyPage(t, c, api.ListArxes, func(cursor string) api.ListArxesRequest {
		return api.ListArxesRequest{Page: api.Page{Limit: 100, Cursor: cursor}, Include: "deleted"}
	}, func(a api.Arx) {
		statuses[a.ID] = string(a.Status)
		if a.Keys != (api.KeyTotals{}) {
			told.Of[a.ID] = a.Keys
		}
		switch a.Status {
		case api.ArxActive:
			listed.LiveArxes.Active++
		case api.ArxDisabled:
			listed.LiveArxes.Disabled++
		}
	})
	listed.Catalog.Total = listed.Catalog.Active + listed.Catalog.Disabled
	listed.LiveArxes.Total = listed.LiveArxes.Active + listed.LiveArxes.Disabled
	if diff := cmp.Diff(listed, told); diff != "" {
		t.Errorf("the lists and the counts differ (-listed +counted):\n%s", diff)
	}
	return statuses
}

func counted(n *api.KeyTotals, status api.KeyStatus) {
	switch status {
	case api.KeyActive:
		n.Active++
	case api.KeyDisabled:
		n.Disabled++
	case api.KeyExpired:
		n.Expired++
	case api.KeyDeleted:
		n.Deleted++
	}
	n.Total = n.Active + n.Disabled + n.Expired
}

// everyPage reads all pages of a list, and returns its totals.
func everyPage[Req api.Request, Item, Totals any](t *testing.T, c *client.Client, op api.Operation[Req, api.List[Item, Totals]], at func(cursor string) Req, see func(Item)) Totals {
	t.Helper()
	cursor := ""
	for {
		page, err := patiently(c, op, at(cursor))
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			see(item)
		}
		if page.NextCursor == nil {
			return page.Totals
		}
		cursor = *page.NextCursor
	}
}
