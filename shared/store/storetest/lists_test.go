package storetest_test

import (
	"cmp"
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
)

// narrow are bounds that lists of a few dozen keys reach.
var narrow = keystore.Bounds{Scanned: 7, Sorted: 5, Words: 4, Chunk: 6, Parents: 3}

// tiny are bounds that almost every page reaches.
var tiny = keystore.Bounds{Scanned: 1, Sorted: 0, Words: 1, Chunk: 1, Parents: 1}

// world is a tenant whose keys change at random.
type world struct {
	*stores
	random *rand.Rand
	apps   []applications.Application
	arxes  []arxes.Arx
	ids    []string
}

var called = []string{"", "nightly export", "Nightly import", "export", "EXPORT prod", "prod-eu export", "ünïcode Straße", "a#b", "a b", "ab", "key_01", "x.y.z"}

func newWorld(t testing.TB, seed uint64) *world {
	w := &world{stores: open(t), random: rand.New(rand.NewPCG(seed, 1))}
	for i := range 3 {
		w.apps = append(w.apps, w.application(owner("acme"), fmt.Sprint("application ", i)))
		w.arxes = append(w.arxes, w.arx(owner("acme"), fmt.Sprint("Arx ", i)))
	}
	return w
}

func pick[T any](w *world, of []T) T { return of[w.random.IntN(len(of))] }

// step makes a random change. A change that the state of a key does not allow does nothing.
func (w *world) step() {
	w.t.Helper()
	by := owner("acme")
	var err error
	switch n := w.random.IntN(20); {
	case n < 8 || len(w.ids) == 0:
		req := api.CreateKeyRequest{Name: pick(w, called)}
		if w.random.IntN(2) == 0 {
			req.ExpiresAt = new(w.clock.now().Add(time.Duration(1+w.random.IntN(20)) * 24 * time.Hour))
		}
		k, _ := w.key(by, pick(w, w.apps), pick(w, w.arxes[:2]), req)
		w.ids = append(w.ids, k.ID)
	case n < 10:
		err = w.change(by, pick(w, w.ids), "disable", only(keys.Disable))
	case n < 11:
		err = w.change(by, pick(w, w.ids), "enable", only(keys.Enable))
	case n < 13:
		err = w.deleteKey(by, pick(w, w.ids))
	case n < 14:
		_, err = w.rotate(by, pick(w, w.ids), time.Hour, "", requeststore.Request{})
	case n < 17:
		req := api.UpdateKeyRequest{Name: api.Set(pick(w, called))}
		if w.random.IntN(2) == 0 {
			req.ExpiresAt = api.Set(w.clock.now().Add(time.Duration(1+w.random.IntN(20)) * 24 * time.Hour))
		}
		err = w.change(by, pick(w, w.ids), "update", updating(req))
	case n < 18:
		w.clock.add(time.Duration(w.random.IntN(96)) * time.Hour)
	case n < 19:
		must(w.keys.Sweep(w.t.Context(), w.clock.now()))
	default:
		must(w.keys.RollUp(w.t.Context(), w.clock.now()))
	}
	if err != nil && !problem.Is(err, problem.WrongState) {
		w.t.Fatal(err)
	}
}

// all returns the rows of all keys, according to their credentials and the roll-up.
func (w *world) all() (rows []keys.Row) {
	w.t.Helper()
	page := must(w.stores.keys.Page(w.t.Context(), "acme", api.ListKeysRequest{Page: api.Page{Limit: 100}, Include: "deleted"}, w.clock.now()))
	marked := map[string]bool{}
	for _, r := range page.Rows {
		marked[r.ID] = r.Unused
	}
	for _, id := range w.ids {
		k := must(w.stores.keys.Get(w.t.Context(), "acme", id))
		k.Unused = marked[id]
		rows = append(rows, k.Row)
	}
	return rows
}

// model returns the rows that a list should contain, in order.
func (w *world) model(rows []keys.Row, req api.ListKeysRequest, gone, stopped map[string]bool) (want []string) {
	now := w.clock.now()
	status := func(r keys.Row) api.KeyStatus {
		if gone[r.ArxID] {
			return api.KeyDeleted
		}
		return r.Status(now, api.ArxActive)
	}
	search := names.NewSearch(req.Query)
	var found []keys.Row
	for _, r := range rows {
		is, active := status(r), status(r) == api.KeyActive
		passes := map[api.KeyFilter]bool{
			"":                  is != api.KeyDeleted || req.Include == "deleted",
			api.WorkingKeys:     active && !stopped[r.ApplicationID] && !stopped[r.ArxID],
			api.StoppedKeys:     active && (stopped[r.ApplicationID] || stopped[r.ArxID]),
			api.ExpiringKeys:    active && r.ExpiresAt != nil && r.ExpiresAt.Sub(now) < 7*24*time.Hour,
			api.RotationDueKeys: active && !r.RotateBy.After(now),
			api.UnusedKeys:      active && r.Unused,
		}
		wanted, special := passes[req.Status]
		if !special {
			wanted = string(is) == string(req.Status)
		}
		if wanted && (req.ApplicationID == "" || r.ApplicationID == req.ApplicationID) && (req.ArxID == "" || r.ArxID == req.ArxID) && search.Finds(r.Name, r.ID) {
			found = append(found, r)
		}
	}
	column, back := strings.CutPrefix(string(cmp.Or(req.Sort, api.NewestFirst)), "-")
	slices.SortFunc(found, func(a, b keys.Row) int {
		c := 0
		switch api.KeySort(column) {
		case api.ByName:
			c = strings.Compare(names.Fold(a.Name), names.Fold(b.Name))
		case api.ByStatus:
			rank := []api.KeyStatus{api.KeyActive, api.KeyDisabled, api.KeyExpired, api.KeyDeleted}
			c = cmp.Compare(slices.Index(rank, status(a)), slices.Index(rank, status(b)))
		case api.ByExpiry:
			switch {
			case a.ExpiresAt == nil || b.ExpiresAt == nil:
				c = cmp.Compare(map[bool]int{true: 1}[a.ExpiresAt == nil], map[bool]int{true: 1}[b.ExpiresAt == nil])
			default:
				c = a.ExpiresAt.Compare(*b.ExpiresAt)
			}
		case api.ByRotation:
			c = a.RotateBy.Compare(b.RotateBy)
		}
		if c = cmp.Or(c, strings.Compare(a.ID, b.ID)); back {
			return -c
		}
		return c
	})
	for _, r := range found {
		want = append(want, r.ID)
	}
	return want
}

var sorts = []api.KeySort{
	"", api.NewestFirst, api.OldestFirst, api.ByName, api.ByNameBack, api.ByStatus, api.ByStatusBack, api.ByExpiry, api.ByExpiryBack, api.ByRotation, api.ByRotationBack,
}

// TestEveryListMatchesTheModel changes keys at random, then reads every filter in every order to the end,
// in pages of several sizes, with the usual bounds of a page and with much smaller ones.
func TestEveryListMatchesTheModel(t *testing.T) {
	for seed := range uint64(2) {
		w := newWorld(t, seed)
		for range 90 {
			w.step()
		}
		by := owner("acme")
		disable := func(was applications.Application) (applications.Application, error) {
			return was.Do(applications.Disable, by, w.tick())
		}
		must(w.applications.Change(t.Context(), "acme", w.apps[2].ID, lifecycle.Transition(by, "disable", api.Conditional{}, disable, crand.Reader)))
		must(w.changeArx(by, w.arxes[1].ID, arxes.Disable))
		w.clock.add(24 * time.Hour) // some expire, and no job has seen it
		gone, stopped := map[string]bool{}, map[string]bool{w.apps[2].ID: true, w.arxes[1].ID: true}
		w.everyList(t, fmt.Sprint("seed ", seed), gone, stopped)
		if err := w.deleteArx(by, w.arxes[1].ID); err != nil {
			t.Fatal(err)
		}
		gone[w.arxes[1].ID], stopped[w.arxes[1].ID] = true, false
		w.everyList(t, fmt.Sprintf("seed %d, with an Arx that is not settled", seed), gone, stopped)
		w.wantSound()
	}
}

func (w *world) everyList(t *testing.T, when string, gone, stopped map[string]bool) {
	t.Helper()
	rows := w.all()
	for _, bounds := range []keystore.Bounds{{}, narrow, tiny} {
		store := w.stores.keys
		if bounds != (keystore.Bounds{}) {
			store = store.WithBounds(bounds)
		}
		for _, req := range w.requests(bounds == tiny) {
			want := w.model(rows, req, gone, stopped)
			limit := 1 + w.random.IntN(30)
			req.Limit = limit
			got, pages := w.walked(t, store, req)
			if req.Query != "" && req.Sort == "" { // in the order of a search
				slices.Sort(want)
				slices.Sort(got)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("%s, %+v, %+v, in %d pages of %d (-want +got):\n%s", when, bounds, req, pages, limit, diff)
			}
		}
	}
}

// requests returns all filters in all orders or, if few is set, some of them.
func (w *world) requests(few bool) (all []api.ListKeysRequest) {
	statuses := []api.KeyFilter{"", api.ActiveKeys, api.DisabledKeys, api.ExpiredKeys, api.DeletedKeys, api.WorkingKeys, api.StoppedKeys, api.ExpiringKeys, api.RotationDueKeys, api.UnusedKeys}
	for _, sort := range sorts {
		for _, status := range statuses {
			for _, include := range []string{"", "deleted"} {
				for _, app := range []string{"", w.apps[0].ID} {
					for _, arx := range []string{"", w.arxes[1].ID} {
						for _, q := range []string{"", "exp", "prod eu", pick(w, w.ids)[:5+w.random.IntN(15)]} {
							all = append(all, api.ListKeysRequest{
								Page: api.Page{Query: q}, Sort: sort, Status: status, Include: include, ApplicationID: app, ArxID: arx,
							})
						}
					}
				}
			}
		}
	}
	w.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if few {
		return all[:len(all)/100]
	}
	return all[:len(all)/16]
}

// walked reads a list to its end. A page must be full, or the last, or report how many rows it scanned.
func (w *world) walked(t *testing.T, store *keystore.Keys, req api.ListKeysRequest) (ids []string, pages int) {
	t.Helper()
	for {
		page, err := store.Page(t.Context(), "acme", req, w.clock.now())
		if err != nil {
			t.Fatalf("%+v: %v", req, err)
		}
		if pages++; len(page.Rows) > req.Items() || len(page.Details) != len(page.Rows) {
			t.Fatalf("%+v: %d rows and %d details", req, len(page.Rows), len(page.Details))
		}
		if page.Next != nil && len(page.Rows) < req.Items() && page.Scanned == 0 {
			t.Fatalf("%+v: a page of %d that is neither full, last nor at its bound", req, len(page.Rows))
		}
		for _, r := range page.Rows {
			ids = append(ids, r.ID)
		}
		if page.Next == nil {
			return ids, pages
		}
		if pages > 1000 {
			t.Fatalf("%+v: the list does not end", req)
		}
		req.Cursor = *page.Next
	}
}

// TestStableKeysAreListedOnceDuringWrites reads lists while other keys are created, deleted, renamed, disabled
// and enabled.
func TestStableKeysAreListedOnceDuringWrites(t *testing.T) {
	w := newWorld(t, 7)
	by := owner("acme")
	var stays, moves []string
	for i := range 60 {
		k, _ := w.key(by, w.apps[0], w.arxes[0], api.CreateKeyRequest{Name: fmt.Sprint("key ", i%7), ExpiresAt: new(w.clock.now().Add(time.Duration(24+i) * time.Hour))})
		if i%2 == 0 {
			stays = append(stays, k.ID)
		} else {
			moves = append(moves, k.ID)
		}
	}
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for n := range 2 {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 3))
			for i := n; ; i += 2 {
				select {
				case <-stop:
					return
				default:
				}
				id := moves[(i/2*2+n)%len(moves)]
				var err error
				switch random.IntN(4) {
				case 0:
					err = w.change(by, id, "disable", only(keys.Disable))
				case 1:
					err = w.change(by, id, "enable", only(keys.Enable))
				case 2:
					req := api.UpdateKeyRequest{Name: api.Set(fmt.Sprint("renamed ", random.IntN(9)))}
					err = w.change(by, id, "update", updating(req))
				case 3:
					err = w.deleteKey(by, id)
				}
				if err != nil && !problem.Is(err, problem.WrongState) {
					t.Error(err)
				}
			}
		})
	}
	for _, sort := range sorts {
		for _, include := range []string{"", "deleted"} {
			for _, bounds := range []keystore.Bounds{narrow, {Scanned: 1000, Sorted: 1000, Words: 200, Chunk: 5, Parents: 5}} {
				for _, query := range []string{"", "key"} {
					req := api.ListKeysRequest{Page: api.Page{Limit: 7, Query: query}, Sort: sort, Include: include}
					got, _ := w.walked(t, w.stores.keys.WithBounds(bounds), req)
					for _, id := range stays {
						if n := len(slices.DeleteFunc(slices.Clone(got), func(other string) bool { return other != id })); n != 1 {
							t.Errorf("%+v: %s is listed %d times", req, id, n)
						}
					}
				}
			}
		}
	}
	close(stop)
	writers.Wait()
}
