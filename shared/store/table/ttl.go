package table

import "time"

// SetTTL makes the item expire at that time, to the second. DynamoDB deletes it some time later.
func (i Item) SetTTL(at time.Time) { i[TTL] = number(at.Unix()) }

// live returns the items that have not expired. It reuses the slice.
func (t *Table) live(items []Item) []Item {
	n := 0
	var now time.Time
	for _, item := range items {
		if item[TTL] != nil {
			if now.IsZero() {
				now = t.now()
			}
			if item.expired(now) {
				continue
			}
		}
		items[n] = item
		n++
	}
	clear(items[n:])
	return items[:n]
}

func (i Item) expired(now time.Time) bool {
	ends, ok := i.int64(TTL)
	return ok && ends <= now.Unix()
}

// expired returns the condition that an item has expired.
func (w words) expired(now time.Time) string {
	return w.name(TTL) + " <= " + w.value(number(now.Unix()))
}
