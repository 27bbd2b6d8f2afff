// Package catalog holds what the pages of applications and of Arxes share.
package catalog

import (
	"context"
	"time"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// lately counts active keys, and those of them that were used in the last 24 hours.
type lately struct {
	Keys  int
	Used  int
	Names []string // of the newest used keys
	More  bool     // there are more active keys than were read
}

// maxNames is the maximum number of used keys to name.
const maxNames = 3

// maxPages bounds how many keys are read: 500.
const maxPages = 5

// of reads the active keys that the request asks for: those of an application or of an Arx.
func of(ctx context.Context, c *client.Client, request api.ListKeysRequest, now time.Time) (lately, error) {
	var l lately
	request.Status, request.Limit = api.WorkingKeys, api.MaxPageItems
	for range maxPages {
		list, err := client.Call(ctx, c, api.ListKeys, request)
		if err != nil {
			return l, err
		}
		for _, k := range list.Items {
			if l.Keys++; k.LastUsedAt == nil || now.Sub(*k.LastUsedAt) >= 24*time.Hour {
				continue
			}
			if l.Used++; l.Used <= maxNames {
				l.Names = append(l.Names, k.Title())
			}
		}
		if list.NextCursor == nil {
			return l, nil
		}
		request.Cursor = *list.NextCursor
	}
	l.More = true
	return l, nil
}

// look returns a function that adds to known how many of the active keys that the request asks for are in
// use. It returns nil if there are no active keys.
func look(c *client.Client, request api.ListKeysRequest, active int, known ui.Stops) func(context.Context) (ui.Stops, error) {
	if active == 0 {
		return nil
	}
	return func(ctx context.Context) (ui.Stops, error) {
		used, err := of(ctx, c, request, time.Now())
		if err == nil {
			if known.Warning != "" {
				known.Warning = used.stop()
			}
			known.Detail = used.sentence()
		}
		return known, err
	}
}

// stop says how many keys stop, or returns "" if none does.
func (l lately) stop() string {
	switch keys := ui.Counted(l.Keys, "active key stops.", "active keys stop."); {
	case l.More:
		return "At least " + keys
	case l.Keys == 0:
		return ""
	default:
		return keys
	}
}

// sentence returns the counts as a sentence.
func (l lately) sentence() string {
	of := ""
	switch {
	case l.More && l.Keys == 0:
		return "There are too many keys to tell whether one was used in the last 24 hours."
	case l.More:
		of = " of the newest " + ui.Count(l.Keys)
	}
	switch l.Used {
	case 0:
		return "None" + of + " was used in the last 24 hours."
	case 1:
		return "One" + of + " was used in the last 24 hours: " + ui.Listed(l.Names, l.Used) + "."
	}
	return ui.Count(l.Used) + of + " were used in the last 24 hours: " + ui.Listed(l.Names, l.Used) + "."
}
