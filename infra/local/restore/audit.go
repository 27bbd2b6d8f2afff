package restore

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// line is a line of an export: an event, or the end.
type line struct {
	Tenant string       `json:"tenant,omitempty"`
	Event  *audit.Event `json:"event,omitempty"`
	End    *end         `json:"end,omitempty"`
}

// end is the last line of a complete export.
type end struct {
	Table  string    `json:"table"`
	At     time.Time `json:"at"` // when the export began: later events may be missing
	Events int       `json:"events"`
}

// Export writes the audit events of all tenants since that time, or all of them if it is zero, as JSON lines. It reads
// the whole table once. An export contains no secret.
func Export(ctx context.Context, db dynamodb.ScanAPIClient, name string, since time.Time, to io.Writer) (events int, err error) {
	last := end{Table: name, At: time.Now().UTC()}
	out := bufio.NewWriter(to)
	encoder := json.NewEncoder(out)
	for item, err := range scan(ctx, db, name) {
		if err != nil {
			return last.Events, err
		}
		kind, tenant, record := item.Key().Parts()
		if kind != "evt" || record == "" {
			continue
		}
		e, err := auditstore.Decode(item)
		if err != nil {
			return last.Events, err
		}
		if e.At.Before(since) {
			continue
		}
		if err := encoder.Encode(line{Tenant: tenant, Event: &e}); err != nil {
			return last.Events, err
		}
		last.Events++
	}
	return last.Events, errors.Join(encoder.Encode(line{End: &last}), out.Flush())
}

// recorded is an event with its tenant.
type recorded struct {
	tenant string
	audit.Event
}

// read reads an export. It returns an error if a line is missing at the end or an event was altered.
func read(from io.Reader, since time.Time) (events []recorded, last end, err error) {
	decoder := json.NewDecoder(from)
	for n := 0; ; {
		var l line
		switch err := decoder.Decode(&l); {
		case errors.Is(err, io.EOF):
			return nil, last, errors.New("the export is incomplete: its last line is missing")
		case err != nil:
			return nil, last, fmt.Errorf("event %d of the export: %w", n+1, err)
		case l.End != nil && l.End.Events != n:
			return nil, last, fmt.Errorf("the export is incomplete: it has %d events of %d", n, l.End.Events)
		case l.End != nil:
			return events, *l.End, nil
		case l.Event == nil || !l.Event.Intact():
			return nil, last, fmt.Errorf("event %d of the export was altered", n+1)
		}
		if n++; !l.Event.At.Before(since) {
			events = append(events, recorded{l.Tenant, *l.Event})
		}
	}
}

// unknown returns the events that the restored table does not have, in the same order.
func (r Restore) unknown(ctx context.Context, db *table.Table, events []recorded) (missing []recorded, err error) {
	var at []table.Key
	for _, e := range events {
		at = append(at, table.ResourceEvent(e.tenant, e.Resource.ID, e.ID))
	}
	items, err := db.GetAll(ctx, at, table.PK)
	if err != nil {
		return nil, err
	}
	has := map[table.Key]bool{}
	for _, item := range items {
		has[item.Key()] = true
	}
	for i, e := range events {
		if !has[at[i]] {
			missing = append(missing, e)
		}
	}
	return missing, nil
}
