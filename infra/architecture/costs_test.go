package architecture

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

// AWS's list prices in us-east-1, in US dollars.
const (
	priceOfMillionAPIRequests    = 1.00
	priceOfMillionInvocations    = 0.20
	priceOfGBSecond              = 0.0000133334 // arm64
	priceOfMillionReads          = 0.125        // strongly consistent, up to 4 KB
	priceOfGBLogged              = 0.50
	priceOfGBSent                = 0.09
	priceOfAlarmMetricMonth      = 0.10
	priceOfDashboardMonth        = 3.00
	refusedMilliseconds          = 10  // of a refused request, with a read; more than was measured
	loggedBytes                  = 800 // of a refused request: the function's line, and API Gateway's
	accessLogBytes               = 350 // of them, API Gateway's
	sentBytes                    = 2000
	maxBodyUnits                 = 20 // requests that API Gateway charges for a body of 10 MB: one for each 512 KB
	secondsOfDay                 = 86_400
	million, gigabyte            = 1e6, 1e9
	securityDocument, deployment = "../../infra/docs/security.md", "../../infra/docs/deploy.md"
)

// dollars formats a price with the given number of decimals. Half a unit is rounded up: $0.125 is $0.13.
func dollars(price float64, decimals int) string {
	unit := math.Pow10(decimals)
	return fmt.Sprintf("$%.*f", decimals, math.Round(price*unit)/unit)
}

// refusal returns the rows of the table of what a million refused requests cost, and the sum.
func refusal(memoryMB int) (rows []string, sum float64) {
	for _, part := range []struct {
		name, amount string
		price        float64
	}{
		{"API Gateway", "1 request at $1.00 a million", priceOfMillionAPIRequests},
		{"Lambda", "1 invocation at $0.20 a million", priceOfMillionInvocations},
		{"Lambda", fmt.Sprintf("%d ms of %d MB, at $0.0000133334 a GB-second", refusedMilliseconds, memoryMB), million * refusedMilliseconds / 1000 * float64(memoryMB) / 1024 * priceOfGBSecond},
		{"DynamoDB", "1 read at $0.125 a million", priceOfMillionReads},
		{"CloudWatch Logs", fmt.Sprintf("%d bytes at $0.50 a GB", loggedBytes), loggedBytes * million / gigabyte * priceOfGBLogged},
		{"data transfer", fmt.Sprintf("%d bytes at $0.09 a GB", sentBytes), sentBytes * million / gigabyte * priceOfGBSent},
	} {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |", part.name, part.amount, dollars(part.price, 2)))
		sum += part.price
	}
	return append(rows, fmt.Sprintf("| sum | | %s |", dollars(sum, 2))), sum
}

// daily returns the rows of the table of the most that unauthenticated requests can cost in a day: every route at its
// limit, all day.
func daily(s stack, public, all []string, openAPIBytes int) (rows []string) {
	memory, _ := s.Globals.Function["MemorySize"].(int)
	_, refused := refusal(memory)
	verify, openAPI := "POST /v1/keys/verify", "GET /v1/openapi.json"
	checks := routesOf(api.Check.Spec())
	others := len(all) - len(public) - 1 - len(checks)
	if slices.ContainsFunc(checks, func(r string) bool { return !slices.Contains(all, r) }) || !slices.Contains(all, verify) || !slices.Contains(public, openAPI) {
		return nil
	}
	var routes int
	var requests, cost float64
	row := func(name string, n, limit int, price float64) {
		day := float64(n * limit * secondsOfDay)
		routes, requests, cost = routes+n, requests+day, cost+day/million*price
		rows = append(rows, fmt.Sprintf("| %s | %d | %d | %.1f million | %s | %s |", name, n, limit, day/million, dollars(price, 2), dollars(day/million*price, 0)))
	}
	row("`"+verify+"`", 1, number(s, "VerifyRateLimit"), refused)
	row("`ANY /v1/check/…`", len(checks), number(s, "VerifyRateLimit"), refused)
	row("`"+openAPI+"`", 1, number(s, "PublicRateLimit"), refused+float64(openAPIBytes)*million/gigabyte*priceOfGBSent)
	row("the others that anybody may call", len(public)-1, number(s, "PublicRateLimit"), refused)
	row("all others", others, number(s, "RateLimit"), refused)
	return append(rows, fmt.Sprintf("| sum | %d | | %.1f million | | %s |", routes, requests/million, dollars(cost, 0)))
}

// perDay returns how many requests all routes accept in a day.
func perDay(s stack, public, all []string) float64 {
	second := len(verifying)*number(s, "VerifyRateLimit") + len(public)*number(s, "PublicRateLimit") + (len(all)-len(public)-len(verifying))*number(s, "RateLimit")
	return float64(second * secondsOfDay)
}

// verifications returns the rows of the table of what verifications cost, for a million and a billion a month.
func verifications(memoryMB int) (rows []string) {
	const (
		cheap, priceOfCheap = 300, 0.90 // API Gateway: after so many million requests a month, each million costs less
		milliseconds        = 10
		logged, sent        = 700, 1000 // bytes
		billion             = 1000      // millions
	)
	var one, many float64
	row := func(name, amount string, million, billion float64) {
		one, many = one+million, many+billion
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", name, amount, dollars(million, 2), dollars(billion, 2)))
	}
	each := func(name, amount string, price float64) { row(name, amount, price, billion*price) }
	row("API Gateway", "1 request at $1.00 a million; above 300 million $0.90", priceOfMillionAPIRequests, cheap*priceOfMillionAPIRequests+(billion-cheap)*priceOfCheap)
	each("Lambda", "1 invocation at $0.20 a million", priceOfMillionInvocations)
	each("Lambda", fmt.Sprintf("%d ms of %d MB, at $0.0000133334 a GB-second", milliseconds, memoryMB), million*milliseconds/1000*float64(memoryMB)/1024*priceOfGBSecond)
	each("DynamoDB", "1 read unit at $0.125 a million", priceOfMillionReads)
	each("CloudWatch Logs", fmt.Sprintf("%d bytes at $0.50 a GB", logged), logged*million/gigabyte*priceOfGBLogged)
	each("data transfer", "1,000 bytes at $0.09 a GB", sent*million/gigabyte*priceOfGBSent)
	return append(rows, fmt.Sprintf("| sum | | %s | $%d,%06.2f |", dollars(one, 2), int(many)/1000, math.Mod(many, 1000)))
}

// missing returns the rows that are not lines of the document.
func missing(rows []string, document string) (complaints []string) {
	lines := strings.Split(document, "\n")
	for _, row := range rows {
		if !slices.Contains(lines, row) {
			complaints = append(complaints, "the document has no line "+row)
		}
	}
	return complaints
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDailyMaximumIsThatOfTheTemplate(t *testing.T) {
	s, document := stackOfTemplate(t), readText(t, securityDocument)
	memory, _ := s.Globals.Function["MemorySize"].(int)
	parts, _ := refusal(memory)
	holds(t, missing(parts, document))
	size := float64(len(readText(t, "../../functions/openapi/openapi.json")))
	rows := daily(s, publicRoutes(), allRoutes(), int(math.Ceil(size/10_000))*10_000)
	if rows == nil {
		t.Error("the routes of the table are not found")
	}
	holds(t, missing(rows, document))
	requests := perDay(s, publicRoutes(), allRoutes())
	for _, text := range []string{
		fmt.Sprintf("%s for each 1,000 such requests a second", dollars(1000*secondsOfDay*accessLogBytes/gigabyte*priceOfGBLogged, 0)),
		fmt.Sprintf("up to %s more a day", dollars((maxBodyUnits-1)*requests/million*priceOfMillionAPIRequests, 0)),
		fmt.Sprintf("%.0f Gbit/s", requests/secondsOfDay*10e6*8/gigabyte),
	} {
		if !strings.Contains(document, text) {
			t.Errorf("the document does not say %q", text)
		}
	}
}

// At rest, only what a parameter turns on costs money.
func TestPricesAtRestAreThoseOfTheTemplate(t *testing.T) {
	s, document := stackOfTemplate(t), readText(t, deployment)
	alarms := len(s.ofType("AWS::CloudWatch::Alarm"))
	holds(t, missing([]string{
		fmt.Sprintf("| %d alarms | `AlarmEmail` | %s | 10 alarms |", alarms, dollars(float64(alarms)*priceOfAlarmMetricMonth, 2)),
		fmt.Sprintf("| %d dashboard | `Dashboard=true` | %s | 3 dashboards |", len(s.ofType("AWS::CloudWatch::Dashboard")), dollars(priceOfDashboardMonth, 2)),
	}, document))
	for parameter, off := range map[string]any{"AlarmEmail": "", "Dashboard": "false", "Tracing": "Disabled", "VerifyConcurrency": ""} {
		if s.Parameters[parameter].Default != off {
			t.Errorf("%s is %q by default: it costs money, so it must be %q", parameter, s.Parameters[parameter].Default, off)
		}
	}
}

func TestPricesOfVerificationsAreThoseOfTheTemplate(t *testing.T) {
	s, document := stackOfTemplate(t), readText(t, deployment)
	memory, _ := s.Globals.Function["MemorySize"].(int)
	holds(t, missing(verifications(memory), document))
	if got := missing(verifications(2*memory), document); len(got) != 2 { // its row and the sum
		t.Errorf("with twice the memory: %q", got)
	}
}

func TestChangedLimitChangesTheDailyMaximum(t *testing.T) {
	text := `
Parameters: {PublicRateLimit: {Default: 1}, RateLimit: {Default: 2}, VerifyRateLimit: {Default: 10}}
Globals: {Function: {MemorySize: 512}}
`
	public := []string{"GET /v1/openapi.json", "GET /v1/whoami"}
	all := append(public, append(verifying, "GET /v1/me")...)
	document := strings.Join(daily(readStack(t, text), public, all, 0), "\n")
	if !strings.Contains(document, "| `POST /v1/keys/verify` | 1 | 10 | 0.9 million |") || !strings.Contains(document, "| sum | 6 | | 2.9 million |") {
		t.Error(document)
	}
	complains(t, missing(daily(readStack(t, text), public, all, 0), document))
	more := daily(readStack(t, strings.Replace(text, "Default: 10", "Default: 100", 1)), public, all, 0)
	if got := missing(more, document); len(got) != 3 {
		t.Errorf("%q", got)
	}
	if rows := daily(readStack(t, text), public, public, 0); rows != nil {
		t.Errorf("without verification: %q", rows)
	}
}
