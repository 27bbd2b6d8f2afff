package schedules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Expression is when a schedule fires: rate(5 minutes), cron(0 3 * * ? *) or at(2026-02-01T09:12:00), as EventBridge
// writes them.
type Expression interface {
	// Next returns the first time after the given one, in its location; the zero time where there is none.
	Next(after time.Time) time.Time
}

// Parse reads an expression. L, W and # of cron are refused: nothing here needs them yet.
func Parse(text string) (Expression, error) {
	kind, rest, found := strings.Cut(text, "(")
	argument, closed := strings.CutSuffix(rest, ")")
	if !found || !closed {
		return nil, fmt.Errorf("the schedule %q is no rate(…), cron(…) or at(…)", text)
	}
	var e Expression
	var err error
	switch kind {
	case "rate":
		e, err = parseRate(argument)
	case "cron":
		e, err = parseCron(argument)
	case "at":
		e, err = parseAt(argument)
	default:
		err = fmt.Errorf("it is no rate(…), cron(…) or at(…)")
	}
	if err != nil {
		return nil, fmt.Errorf("the schedule %q: %w", text, err)
	}
	return e, nil
}

// rate fires again and again, the first time one interval after the start.
type rate time.Duration

func (r rate) Next(after time.Time) time.Time { return after.Add(time.Duration(r)) }

func parseRate(text string) (Expression, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("a rate is a whole number above 0 and minutes, hours or days")
	}
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	length, ok := units[strings.TrimSuffix(unit, "s")]
	if !ok || (n == 1) == strings.HasSuffix(unit, "s") { // EventBridge insists: 1 minute, 2 minutes
		return nil, fmt.Errorf("%q is no unit for %d: write 1 minute, 5 minutes, 2 hours, 7 days", unit, n)
	}
	return rate(time.Duration(n) * length), nil
}

// at fires once.
type at struct{ year, month, day, hour, minute, second int }

func (a at) Next(after time.Time) time.Time {
	t := time.Date(a.year, time.Month(a.month), a.day, a.hour, a.minute, a.second, 0, after.Location())
	if !t.After(after) {
		return time.Time{}
	}
	return t
}

func parseAt(text string) (Expression, error) {
	t, err := time.Parse("2006-01-02T15:04:05", text)
	if err != nil {
		return nil, fmt.Errorf("a time is written 2026-02-01T09:12:00")
	}
	return at{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second()}, nil
}

// cron fires when every field fits.
type cron struct {
	minutes, hours, days, months, weekdays, years set
}

// set holds the values that fit; nil fits all.
type set []int

func (s set) has(v int) bool { return s == nil || slices.Contains(s, v) }

// field is how one field of cron is written.
type field struct {
	name     string
	from, to int
	words    []string // for from, from+1, …
}

// cronFields are the fields in their order. Days of the week count from Sunday, 1.
var cronFields = []field{
	{"minutes", 0, 59, nil},
	{"hours", 0, 23, nil},
	{"day of month", 1, 31, nil},
	{"month", 1, 12, []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{"day of week", 1, 7, []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}},
	{"year", 1970, 2199, nil},
}

func parseCron(text string) (Expression, error) {
	parts := strings.Fields(text)
	if len(parts) != len(cronFields) {
		return nil, fmt.Errorf("cron has six fields: minutes hours day-of-month month day-of-week year")
	}
	if (parts[2] == "?") == (parts[4] == "?") {
		return nil, fmt.Errorf("exactly one of day of month and day of week is ?")
	}
	var sets [6]set
	for i, f := range cronFields {
		var err error
		if sets[i], err = f.parse(parts[i]); err != nil {
			return nil, err
		}
	}
	return cron{sets[0], sets[1], sets[2], sets[3], sets[4], sets[5]}, nil
}

// parse reads one field: *, ?, values, ranges and steps, separated by commas.
func (f field) parse(text string) (set, error) {
	if text == "*" || text == "?" && (f.name == "day of month" || f.name == "day of week") {
		return nil, nil
	}
	var out set
	for part := range strings.SplitSeq(text, ",") {
		span, step, stepped := strings.Cut(part, "/")
		from, to, err := f.span(span, stepped)
		if err != nil {
			return nil, err
		}
		by := 1
		if stepped {
			if by, err = strconv.Atoi(step); err != nil || by < 1 {
				return nil, fmt.Errorf("%s: %q is no step", f.name, part)
			}
		}
		for v := from; v <= to; v += by {
			out = append(out, v)
		}
	}
	return out, nil
}

// span reads a value, a range, or *. A value with a step begins a range that ends where the field does.
func (f field) span(text string, stepped bool) (from, to int, err error) {
	if text == "*" {
		return f.from, f.to, nil
	}
	first, last, ranged := strings.Cut(text, "-")
	if from, err = f.value(first); err != nil {
		return 0, 0, err
	}
	switch {
	case ranged:
		to, err = f.value(last)
		if err == nil && to < from {
			err = fmt.Errorf("%s: %q runs backwards", f.name, text)
		}
		return from, to, err
	case stepped:
		return from, f.to, nil
	}
	return from, from, nil
}

func (f field) value(text string) (int, error) {
	if i := slices.Index(f.words, strings.ToUpper(text)); i >= 0 {
		return f.from + i, nil
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < f.from || v > f.to {
		return 0, fmt.Errorf("%s: %q is not from %d to %d", f.name, text, f.from, f.to)
	}
	return v, nil
}

// Next looks month by month, then day by day, then minute by minute.
func (c cron) Next(after time.Time) time.Time {
	t := after.Truncate(time.Minute).Add(time.Minute)
	last := t.Year() + 30 // 29 February on a given day of the week comes back within 28 years
	if c.years != nil {
		last = min(last, slices.Max(c.years))
	}
	for t.Year() <= last {
		switch {
		case !c.years.has(t.Year()) || !c.months.has(int(t.Month())):
			t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, t.Location())
		case !c.days.has(t.Day()) || !c.weekdays.has(int(t.Weekday())+1):
			t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
		case !c.hours.has(t.Hour()) || !c.minutes.has(t.Minute()):
			t = t.Add(time.Minute)
		default:
			return t
		}
	}
	return time.Time{}
}
