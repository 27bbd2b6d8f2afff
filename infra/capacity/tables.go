package capacity

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Examples are the loads of infra/docs/scale.md.
var Examples = []Traffic{
	{Rate: 1, Keys: 10, Applications: 2, Arxes: 1, ManagementKeys: 1},
	{Rate: 1_000, Keys: 1_000, Applications: 50, Arxes: 10, ManagementKeys: 10},
	{Rate: 100_000, Keys: 100_000, Applications: 500, Arxes: 100, ManagementKeys: 100},
}

// NeedsTable returns the rows of a Markdown table of what the examples need.
func NeedsTable(s Settings) []string {
	needs := make([]Need, len(Examples))
	for i, t := range Examples {
		needs[i] = Of(t, s)
	}
	var rows []string
	row := func(name string, cell func(Traffic, Need) string) {
		cells := []string{name}
		for i, n := range needs {
			cells = append(cells, cell(Examples[i], n))
		}
		rows = append(rows, line(cells...))
	}
	count := func(name string, of func(Need) float64) {
		row(name, func(_ Traffic, n Need) string { return number(of(n)) })
	}
	price := func(name string, of func(Cost) float64) {
		row(name, func(t Traffic, n Need) string { return perMillion(of(n.Cost), t) })
	}

	row("verifications a second", func(t Traffic, _ Need) string { return number(t.Rate) })
	rows = append(rows, line("---", "---", "---", "---"))
	row("keys; applications; Arxes; management keys of the callers", func(t Traffic, _ Need) string {
		return strings.Join([]string{number(float64(t.Keys)), number(float64(t.Applications)), number(float64(t.Arxes)), number(float64(t.ManagementKeys))}, "; ")
	})
	count("environments that serve a request at a moment", func(n Need) float64 { return n.Busy })
	count("concurrency that Lambda's quota must allow", func(n Need) float64 { return n.Concurrency })
	row("time until Lambda has started all of it", func(_ Traffic, n Need) string { return number(n.Ramp.Seconds()) + " s" })
	count("read units: `cred#<key>`", func(n Need) float64 { return n.CredentialReads })
	count("read units: `gate#<parent>`", func(n Need) float64 { return n.GateReads })
	count("read units: `mgk#<key>`", func(n Need) float64 { return n.CallerReads })
	count("read units: `meta#table`", func(n Need) float64 { return n.StampReads })
	count("read units, sum", func(n Need) float64 { return n.Reads })
	count("write units: `use#…`", func(n Need) float64 { return n.UsageWrites })
	row("write units: `lim#<key>`, if every key has a limit", func(t Traffic, _ Need) string {
		t.Limited = true
		return number(Of(t, s).LimitWrites)
	})
	count("one `cred#<key>`: read units", func(n Need) float64 { return n.Credential })
	count("one `gate#<Arx>`: read units", func(n Need) float64 { return n.Gate })
	count("one `mgk#<key>`: read units", func(n Need) float64 { return n.Caller })
	count("`use#<tenant>`: write units", func(n Need) float64 { return n.TenantDay })
	count("`use#<tenant>#latest`: write units", func(n Need) float64 { return n.TenantLatest })
	price("cost of a million: API Gateway", func(c Cost) float64 { return c.APIGateway })
	price("Lambda", func(c Cost) float64 { return c.Lambda })
	price("DynamoDB, reads", func(c Cost) float64 { return c.Reads })
	price("DynamoDB, usage figures", func(c Cost) float64 { return c.Usage })
	price("CloudWatch Logs", func(c Cost) float64 { return c.Logs })
	price("data transfer", func(c Cost) float64 { return c.Transfer })
	price("sum, of a million", Cost.Sum)
	row("cost of a second", func(_ Traffic, n Need) string { return dollars(n.Cost.Sum()) })
	row("cost of 30 days", func(_ Traffic, n Need) string { return "$" + number(n.Cost.Sum()*(30*24*time.Hour).Seconds()) })
	return rows
}

// KnobsTable returns the rows of a Markdown table of what settings change for the largest example.
func KnobsTable() []string {
	t := Examples[len(Examples)-1]
	rows := []string{
		line("at "+number(t.Rate)+" a second", "environments", "read units", "one gate", "write units of usage", "`use#<tenant>`", "cost of a million"),
		line("---", "---", "---", "---", "---", "---", "---"),
	}
	row := func(name string, change func(*Settings)) {
		s := Defaults
		change(&s)
		n := Of(t, s)
		rows = append(rows, line(name, number(n.Environments), number(n.Reads), number(n.Gate), number(n.UsageWrites), number(n.TenantDay), perMillion(n.Cost.Sum(), t)))
	}
	row("as deployed", func(*Settings) {})
	row("environments as busy as they can be", func(s *Settings) { s.Busiest = true })
	row("`GateTtl` and `PrincipalTtl` of 0s", func(s *Settings) { s.GateTTL, s.PrincipalTTL = 0, 0 })
	row("`GateTtl` and `PrincipalTtl` of 1m", func(s *Settings) { s.GateTTL, s.PrincipalTTL = time.Minute, time.Minute })
	row("usage figures every minute (a change of the code)", func(s *Settings) { s.FlushEvery = time.Minute })
	return rows
}

// LimitsTable returns the rows of a Markdown table of the limits, in the order in which growing traffic reaches them.
func LimitsTable(s Settings) []string {
	rows := []string{line("verifications a second", "limit", "of", "above it", "what helps"), line("---", "---", "---", "---", "---")}
	for _, l := range Reached(s) {
		rows = append(rows, line(number(l.Rate), l.Name, number(l.Most), l.Then, l.Knob))
	}
	return rows
}

// line returns a row of a Markdown table.
func line(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |" }

// perMillion formats what a million verifications cost.
func perMillion(costOfSecond float64, t Traffic) string {
	return fmt.Sprintf("$%.2f", costOfSecond/t.Rate*million)
}

// dollars formats a price with two significant digits, and at least with cents.
func dollars(price float64) string {
	decimals := max(2, 1-int(math.Floor(math.Log10(price))))
	return "$" + strconv.FormatFloat(price, 'f', decimals, 64)
}

// number formats a number with two significant digits, and with separators.
func number(x float64) string {
	if x == 0 {
		return "0"
	}
	digits := 1 - int(math.Floor(math.Log10(x)))
	scale := math.Pow(10, float64(digits))
	text := strconv.FormatFloat(math.Round(x*scale)/scale, 'f', max(0, digits), 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	whole, rest, fraction := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction {
		return whole + "." + rest
	}
	return whole
}
