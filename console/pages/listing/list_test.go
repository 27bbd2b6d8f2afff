package listing

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// shelf is a list of words with two rows per page. It records its requests.
type shelf struct {
	app.Compo
	list  List[string, int]
	words []string
	bound int // how many words it scans per page; 0 means all
	err   error
	mu    sync.Mutex // reads may run concurrently
	asked []string   // the addresses of the views
}

func newShelf(words ...string) *shelf {
	s := &shelf{words: words}
	s.list = List[string, int]{
		Title: "Words", Noun: "word", Plural: "words", Create: ui.Link{Text: "Create word", Href: "/words/new"},
		Gone: ui.Option{Value: "deleted", Label: "Show deleted"}, Search: "Search", AllGone: "All are deleted.",
		Filters: []Filter{{Param: "letter", Label: "Letter", Any: "Any letter", Options: []ui.Option{{Value: "a", Label: "With an A"}}}},
		Sorts:   []ui.Option{{Value: "-created_at", Label: "Newest first"}, {Value: "name", Label: "Name"}},
		Columns: []ui.Column{{Head: "Word", Sort: "name"}},
		Empty:   ui.Empty{Title: "No words yet"}, First: "Create the first word",
		Whole: func(total int, _ bool) int { return total },
		Row:   func(word string, _ time.Time) ui.Row { return ui.Row{Cells: [][]app.UI{{app.Text(word)}}} },
		Read:  s.read,
	}
	return s
}

func (s *shelf) OnMount(ctx app.Context) { s.list.Mount(ctx) }
func (s *shelf) OnNav(app.Context)       { s.list.Visit() }
func (s *shelf) Render() app.UI          { return s.list.Page() }

func (s *shelf) read(_ context.Context, v View, page api.Page) (api.List[string, int], error) {
	s.mu.Lock()
	s.asked = append(s.asked, s.list.addressing().query(v))
	s.mu.Unlock()
	if s.err != nil {
		return api.List[string, int]{}, s.err
	}
	list := api.List[string, int]{Totals: len(s.words), Permits: api.Permits{Can: map[string]bool{"create": true}}}
	from := 0
	fmt.Sscanf(page.Cursor, "from-%d", &from)
	for i := min(from, len(s.words)); i < len(s.words); i++ {
		matches := strings.Contains(s.words[i], v.Search) && strings.Contains(s.words[i], v.Chosen["letter"])
		full := matches && len(list.Items) == 2
		if bound := s.bound > 0 && i-from == s.bound; full || bound {
			if bound {
				list.Scanned = s.bound
			}
			next := fmt.Sprintf("from-%d", i)
			list.NextCursor = &next
			break
		}
		if matches {
			list.Items = append(list.Items, s.words[i])
		}
	}
	return list, nil
}

func mountAt(t *testing.T, page app.Composer, query string) app.ClientDispatcher {
	t.Helper()
	d := app.NewClientTester(page)
	t.Cleanup(d.Close)
	d.Context().Page().ReplaceURL(&url.URL{Path: "/words", RawQuery: query})
	d.Consume()
	return d
}

func TestListingReadsWhatTheAddressAsksFor(t *testing.T) {
	s := newShelf("apple", "beech", "cedar")
	d := app.NewClientTester(s)
	t.Cleanup(d.Close)
	d.Consume()
	d.Context().Page().ReplaceURL(&url.URL{RawQuery: "q=e&letter=a&sort=name&deleted=1"})
	d.Nav(d.Context().Page().URL())
	d.Consume()
	d.Nav(d.Context().Page().URL()) // the same address is not read again
	d.Consume()
	if diff := cmp.Diff([]string{"", "deleted=1&letter=a&q=e&sort=name"}, s.asked); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"apple", "cedar"}, s.list.Items()); diff != "" {
		t.Error(diff)
	}
}

func TestPagesLeadForthAndBack(t *testing.T) {
	s := newShelf("a", "b", "c", "d", "e")
	d := mountAt(t, s, "")
	step := func(do func(), want ...string) {
		t.Helper()
		do()
		d.Consume()
		if diff := cmp.Diff(want, s.list.Items()); diff != "" {
			t.Error(diff)
		}
	}
	step(s.list.next, "c", "d")
	step(s.list.next, "e")
	step(s.list.next, "e") // the last
	step(s.list.previous, "c", "d")
	step(s.list.previous, "a", "b")
	step(s.list.previous, "a", "b") // the first
}

// A click while a page is loading is not lost.
func TestPagesAreTurnedAsFastAsOnePresses(t *testing.T) {
	s := newShelf("a", "b", "c", "d", "e")
	d := mountAt(t, s, "")
	pressed := func(want string, presses ...func()) {
		t.Helper()
		for _, press := range presses {
			press()
		}
		d.Consume()
		if got := strings.Join(s.list.Items(), " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	pressed("e", s.list.next, s.list.next)
	pressed("a b", s.list.previous, s.list.previous)
	pressed("d", func() { s.list.choose("letter", "") }, s.list.next, func() { s.list.search("d") }) // a search is another list
}

// While a person types, at most one request is under way. When it ends, its answer is dropped, and the latest text is
// searched for.
func TestTypingAsksForOneTextAtATime(t *testing.T) {
	s := newShelf("apple", "beech", "cedar")
	d := mountAt(t, s, "")
	s.asked = nil
	for _, text := range []string{"c", "ce", "ced", "cedar"} {
		s.list.search(text)
		s.list.search(text + " ") // is the same text
	}
	d.Consume()
	if diff := cmp.Diff([]string{"q=c", "q=cedar"}, s.asked); diff != "" {
		t.Error(diff)
	}
	if got := s.list.Items(); len(got) != 1 || got[0] != "cedar" || s.list.reading.Running {
		t.Errorf("it shows %v", got)
	}

	s.asked = nil
	s.list.search("a")
	s.list.search("apple")
	s.list.choose("letter", "a") // starts at once and replaces the queued search
	d.Consume()
	slices.Sort(s.asked)
	if diff := cmp.Diff([]string{"letter=a&q=apple", "q=a"}, s.asked); diff != "" {
		t.Error(diff)
	}
	if got := s.list.Items(); len(got) != 1 || got[0] != "apple" || s.list.reading.Err != nil {
		t.Errorf("it shows %v, %v", got, s.list.reading.Err)
	}
}

// A page may be short or empty because the server stopped scanning. The list says so and offers to continue.
func TestSearchGoesOnWhereTheServerStoppedLooking(t *testing.T) {
	s := newShelf("apple", "beech", "cedar", "date", "elder", "fig", "guava", "hazel")
	s.bound = 3
	d := mountAt(t, s, "")
	shows := func(do func(), want ...string) {
		t.Helper()
		do()
		d.Consume()
		html := app.HTMLString(s.Render())
		for _, w := range want {
			if absent, ok := strings.CutPrefix(w, "!"); ok == strings.Contains(html, strings.TrimPrefix(absent, "!")) {
				t.Errorf("%q: %s", w, html)
			}
		}
	}
	further := []string{"Search further", "!Next page"}
	shows(func() { s.list.search("l") }, append(further, "1. 3 words were looked at, and there are more.", "apple", "!matches")...)
	shows(s.list.next, append(further, "2. 3 words were looked at", "elder")...)
	shows(s.list.next, "3", "hazel", "!looked at", "!Search further")
	shows(s.list.previous, append(further, "2.", "elder")...)

	shows(func() { s.list.search("gu") }, append(further, "No word matches so far", "You searched for “gu”. 3 words were looked at, and there are more.", "Clear search", "!Previous page")...)
	shows(s.list.next, append(further, "No word matches so far", "Previous page")...)
	shows(s.list.next, "1", "guava", "Previous page")
	shows(s.list.previous, "No word matches so far")

	shows(func() { s.list.search("app") }, "apple", "Search further")
	shows(s.list.next, "No word matches so far")
	shows(s.list.next, "No further word matches", "Previous page", "!Search further")
	shows(s.list.previous, "No word matches so far")
	shows(s.list.clear, "apple", "Next page")
}

func TestPageInTheMiddleOfASearchDoesNotGuessItsNumbers(t *testing.T) {
	s := newShelf("apple", "beech", "cedar", "elder")
	s.bound = 2
	d := mountAt(t, s, "q=e&page=2&cursor=from-2")
	d.Nav(d.Context().Page().URL())
	d.Consume()
	if html := app.HTMLString(s.Render()); !strings.Contains(html, "2 on this page") {
		t.Error(html)
	}
}

// A search is sorted by relevance until a sort is chosen.
func TestSearchComesByRelevance(t *testing.T) {
	s := newShelf("apple", "beech")
	s.list.Ranked = true
	d := mountAt(t, s, "")
	is := func(do func(), address, sort string, best bool) {
		t.Helper()
		do()
		d.Consume()
		if got := s.list.addressing().query(s.list.view); got != address {
			t.Errorf("the address is %q, want %q", got, address)
		}
		html := app.HTMLString(s.Render())
		if s.list.by() != sort || strings.Contains(html, relevance.Label) != best {
			t.Errorf("%s: sorted by %q, want %q; relevance offered: %t", address, s.list.by(), sort, !best)
		}
		if marked := strings.Contains(html, "aria-sort"); marked != strings.HasSuffix(sort, "name") {
			t.Errorf("%s: a head is marked: %t", address, marked)
		}
	}
	is(func() { s.list.sort("name") }, "sort=name", "name", false)
	is(func() { s.list.search("e") }, "q=e", "", true)
	is(func() { s.list.sort("-created_at") }, "q=e&sort=-created_at", "-created_at", true)
	is(func() { s.list.search("ee") }, "q=ee&sort=-created_at", "-created_at", true)
	again, _ := s.list.addressing().read(&url.URL{RawQuery: "q=ee&sort=-created_at"})
	if again.Sort != "-created_at" {
		t.Error("a reload loses the sort")
	}
	is(func() { s.list.sort("") }, "q=ee", "", true)
	is(func() { s.list.sort("-created_at") }, "q=ee&sort=-created_at", "-created_at", true)
	is(func() { s.list.search("") }, "", "-created_at", false)
}

// While another page is loading, or has failed to load, everything around the rows describes the rows that are shown.
func TestRowsAreCalledWhatTheyAreWhileOthersAreRead(t *testing.T) {
	s := newShelf("apple", "banana", "cherry", "elder")
	d := mountAt(t, s, "")
	shown := func() string {
		p := s.list.reading.Value
		return fmt.Sprint(p.view.Page, " ", p.count, " ", p.view.Search)
	}
	s.list.next()
	if got, want := shown(), "0 2 "; got != want { // the second page is asked for
		t.Errorf("%q, want %q", got, want)
	}
	d.Consume()
	if got, want := shown(), "1 2 "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.list.search("x")
	d.Consume()
	s.list.search("y")
	if got, want := shown(), "0 0 x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	d.Consume()
	s.list.clear()
	if s.list.hasNothing() {
		t.Error("there is nothing while everything is read again")
	}
	d.Consume()

	s.err = problem.New(problem.Unavailable, "away")
	s.list.next() // fails
	d.Consume()
	s.err = nil
	s.list.next()
	d.Consume()
	if diff := cmp.Diff([]string{"cherry", "elder"}, s.list.Items()); diff != "" {
		t.Errorf("after a page that could not be had: %s", diff)
	}
}

func TestPageOfALinkLeadsBackToTheFirst(t *testing.T) {
	s := newShelf("a", "b", "c", "d", "e")
	d := app.NewClientTester(s)
	t.Cleanup(d.Close)
	d.Consume()
	d.Context().Page().ReplaceURL(&url.URL{RawQuery: "page=3&cursor=from-4"})
	d.Nav(d.Context().Page().URL())
	d.Consume()
	if html := app.HTMLString(s.Render()); !strings.Contains(html, "First page") || strings.Contains(html, "Previous page") {
		t.Error("it offers a page before that it does not know")
	}
	s.list.previous()
	d.Consume()
	if diff := cmp.Diff([]string{"a", "b"}, s.list.Items()); diff != "" {
		t.Error(diff)
	}
}

func TestNarrowingBeginsAtTheFirstPage(t *testing.T) {
	for about, narrow := range map[string]func(*List[string, int]){
		"search": func(l *List[string, int]) { l.search("a") },
		"filter": func(l *List[string, int]) { l.choose("letter", "a") },
		"sort":   func(l *List[string, int]) { l.sort("name") },
		"gone":   func(l *List[string, int]) { l.setGone(true) },
	} {
		s := newShelf("aa", "ab", "ac", "ad")
		d := mountAt(t, s, "")
		s.list.next()
		d.Consume()
		narrow(&s.list)
		d.Consume()
		if diff := cmp.Diff([]string{"aa", "ab"}, s.list.Items()); diff != "" {
			t.Errorf("%s: %s", about, diff)
		}
	}
}

func TestPageThatLostItsLastRowIsLeft(t *testing.T) {
	s := newShelf("a", "b", "c")
	d := mountAt(t, s, "")
	s.list.next()
	d.Consume()
	s.words = s.words[:2]
	s.list.Reload()
	d.Consume()
	if diff := cmp.Diff([]string{"a", "b"}, s.list.Items()); diff != "" {
		t.Error(diff)
	}
}

func TestListKeepsWhatItShowsWhileTheAPIIsDown(t *testing.T) {
	s := newShelf("apple")
	d := mountAt(t, s, "")
	s.err = problem.New(problem.Unavailable, "The API can’t be reached.")
	s.list.Reload()
	d.Consume()
	html := app.HTMLString(s.Render())
	for _, want := range []string{"apple", "may be out of date", "The API can’t be reached.", "retries automatically"} {
		if !strings.Contains(html, want) {
			t.Errorf("it does not show %q", want)
		}
	}
	s.err = nil
	s.list.Reload()
	d.Consume()
	if strings.Contains(app.HTMLString(s.Render()), "out of date") {
		t.Error("it says so still, once the API is back")
	}
}

func TestWhatStandsInThePlaceOfRows(t *testing.T) {
	show := func(do func(*shelf, app.ClientDispatcher), words ...string) string {
		s := newShelf(words...)
		d := mountAt(t, s, "")
		do(s, d)
		d.Consume()
		return app.HTMLString(s.Render())
	}
	nothing := func(*shelf, app.ClientDispatcher) {}
	for _, row := range []struct {
		about, html, want string
	}{
		{"nothing at all", show(nothing), "Create the first word"},
		{"a search without hits", show(func(s *shelf, _ app.ClientDispatcher) { s.list.search("zz") }, "apple"), "You searched for “zz”."},
		{"a filter without hits", show(func(s *shelf, _ app.ClientDispatcher) { s.list.choose("letter", "a") }, "elder"), "You filtered by With an A."},
		{"no hits", show(func(s *shelf, _ app.ClientDispatcher) { s.list.search("zz"); s.list.choose("letter", "a") }, "apple"), "You searched for “zz” and filtered by With an A."},
		{"never there", show(func(s *shelf, _ app.ClientDispatcher) {
			s.list.reading.Here, s.err = false, problem.New(problem.Forbidden, "Not yours.")
			s.list.Reload()
		}), "The list could not be loaded"},
	} {
		if !strings.Contains(row.html, row.want) {
			t.Errorf("%s: it does not say %q", row.about, row.want)
		}
	}
	if n := strings.Count(show(nothing), string(ui.Primary)); n != 1 {
		t.Errorf("a list without anything shows %d primary buttons, want 1", n)
	}
	s := newShelf("a")
	d := mountAt(t, s, "")
	s.words = nil
	s.list.Whole = func(_ int, gone bool) int { // all are deleted
		if gone {
			return 1
		}
		return 0
	}
	s.list.Reload()
	d.Consume()
	if html := app.HTMLString(s.Render()); !strings.Contains(html, "All are deleted.") || strings.Contains(html, "No words yet") {
		t.Error("a list whose rows are all gone takes itself for one that never had any")
	}
}
