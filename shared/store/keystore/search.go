package keystore

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/names"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Stages of a search, as in its cursors. Each finds rows that the previous ones do not.
const (
	byWord     = "1" // by the beginning of a word of the name; the position contains the word
	byIDPrefix = "2" // by the beginning of the id, newest first
	byContent  = "3" // by any part of the name, id or hint, newest first
)

// search is a list in the order of a search.
type search struct {
	list
	word   string // beginning of the words to find; empty for none
	prefix string // beginning of the ids to find; empty for none
}

// searched returns the rows of the page of a search.
func (l list) searched(ctx context.Context) (found, error) {
	s := search{list: l, word: table.SortedText(names.Fold(l.req.Query)), prefix: idPrefix(l.req.Query)}
	words := l.words("search")
	id, by, err := table.SortedPosition(l.req.Cursor, api.KeyPrefix, words...)
	if err != nil {
		return found{}, err
	}
	stage, word := byWord, ""
	if by != "" {
		stage, word = by[:1], by[1:]
	}
	var page []keys.Row
	var last entry
	looked := 0
	for _, st := range s.stages(ctx) {
		if st.name < stage {
			continue
		}
		var behind *position
		if id != "" && st.name == stage {
			behind = &position{word, id}
		}
		limit := l.req.Items() - len(page)
		c, err := table.Collect(st.rows(behind, limit+1), st.wants, limit, st.bound)
		if err != nil {
			return found{}, err
		}
		for _, e := range c.Rows {
			page = append(page, e.Row)
		}
		if c.Last.ID != "" {
			last = entry{c.Last.Row, st.name + c.Last.word}
		}
		if looked += c.Scanned; c.More {
			at := func(r keys.Row) position { return position{last.word, r.ID} }
			return ended(table.Collected[keys.Row]{Rows: page, More: true, Last: last.Row, Scanned: looked}, at, words), nil
		}
	}
	return found{rows: page}, nil
}

// stage is one way to find rows.
type stage struct {
	name  string
	rows  func(behind *position, first int) iter.Seq2[entry, error]
	wants func(entry) bool
	bound int // entries scanned per page
}

func (s search) stages(ctx context.Context) []stage {
	return []stage{
		{byWord, func(behind *position, first int) iter.Seq2[entry, error] { return s.words(ctx, behind, first) }, s.isByWord, s.bounds.Words},
		{byIDPrefix, func(behind *position, first int) iter.Seq2[entry, error] { return s.ids(ctx, behind, first) }, s.isByID, s.bounds.Scanned},
		{byContent, func(behind *position, _ int) iter.Seq2[entry, error] { return s.contents(ctx, behind) }, s.isByContent, s.bounds.Scanned},
	}
}

// entry is a row with the word that it was found by.
type entry struct {
	keys.Row
	word string
}

// words iterates over the words that begin with the searched one, with their rows.
func (s search) words(ctx context.Context, behind *position, first int) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		if s.word == "" || s.req.Status == api.DeletedKeys && len(s.gone) == 0 {
			return
		}
		r := table.Prefixed(table.KeyIndex(s.tenant, words, s.word))
		if behind != nil {
			r = r.After(wordAt(s.tenant, behind.by, behind.id).SK)
		}
		for n := first; ; n = table.BatchItems {
			items, err := s.db.Query(ctx, r, n)
			var rows []keys.Row
			if err == nil {
				rows, err = s.live(ctx, s.tenant, idsOf(items))
			}
			if err != nil {
				yield(entry{}, err)
				return
			}
			for _, item := range items {
				word, id, _ := strings.Cut(item.SortKey(), apart)
				at := slices.IndexFunc(rows, func(r keys.Row) bool { return r.ID == id })
				if at >= 0 && !yield(entry{rows[at], word}, nil) {
					return
				}
			}
			if len(items) < n {
				return
			}
			r = r.After(items[len(items)-1].SortKey())
		}
	}
}

func idsOf(items []table.Item) []string {
	ids := make([]string, len(items))
	for i, item := range items {
		_, ids[i], _ = strings.Cut(item.SortKey(), apart)
	}
	return ids
}

// isByWord reports whether the row matches and is found by this word. If several words of a name match,
// only the first one counts.
func (s search) isByWord(e entry) bool {
	first, found := s.wordOf(e.Row)
	return found && first == e.word && s.belongs(e.Row)
}

// wordOf returns the first of the words by which the row is found.
func (s search) wordOf(r keys.Row) (word string, found bool) {
	if s.word == "" || r.State == api.KeyDeleted {
		return "", false
	}
	for _, w := range wordsOf(r.Name) {
		if strings.HasPrefix(w, s.word) && (!found || w < word) {
			word, found = w, true
		}
	}
	return word, found
}

// ids iterates over the rows whose ids begin with the searched prefix.
func (s search) ids(ctx context.Context, behind *position, first int) iter.Seq2[entry, error] {
	if s.prefix == "" {
		return func(func(entry, error) bool) {}
	}
	o := order{byID, true}
	cut := func(class string) source {
		begins := byID.partition(s.tenant)
		begins.SK = class + "#" + s.prefix
		return s.part(s.tenant, o, class, table.Prefixed(begins))
	}
	sources := []source{cut(live)}
	if s.wantsDeleted() {
		sources = append(sources, cut(deleted))
	}
	return entries(s.walk(ctx, o, behind, first, sources...))
}

func (s search) isByID(e entry) bool {
	_, by := s.wordOf(e.Row)
	return !by && strings.HasPrefix(e.ID, s.prefix) && s.belongs(e.Row)
}

// contents iterates over the rows that the request selects, newest first.
func (s search) contents(ctx context.Context, behind *position) iter.Seq2[entry, error] {
	o := order{byID, true}
	sources := s.everything(o)
	if v := s.narrowest(); v.ix.name == byID.name {
		sources = v.sources(true)
	}
	return entries(s.walk(ctx, o, behind, s.bounds.Chunk, sources...))
}

func (s search) isByContent(e entry) bool {
	_, by := s.wordOf(e.Row)
	return !by && (s.prefix == "" || !strings.HasPrefix(e.ID, s.prefix)) && s.passes(e.Row)
}

func entries(rows iter.Seq2[keys.Row, error]) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for row, err := range rows {
			if !yield(entry{Row: row}, err) || err != nil {
				return
			}
		}
	}
}

// idPrefix returns the prefix of ids that the text is the beginning of: of an id, of its part after the
// underscore, or of a hint, which contains it. It returns "" for any other text.
func idPrefix(text string) string {
	text = strings.TrimSpace(text)
	if id, ok := strings.CutPrefix(text, api.KeyPrefix); ok {
		text = id
	} else if id, ok := accesskey.IDInHint(text); ok {
		text = id
	}
	if text == "" || len(text) > api.IDChars || !api.ValidID("", text+strings.Repeat("0", api.IDChars-len(text))) {
		return ""
	}
	return api.KeyPrefix + text
}
