package capacity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"go.yaml.in/yaml/v3"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// near fails unless the numbers differ by at most the share.
func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if math.Abs(got-want) > share*want {
		t.Errorf("%s: %v, want %v within %v%%", what, got, want, 100*share)
	}
}

func TestTablesOfTheDocumentAreThoseOfTheModel(t *testing.T) {
	document := read(t, "infra/docs/scale.md")
	for _, rows := range [][]string{NeedsTable(Defaults), LimitsTable(Defaults), KnobsTable()} {
		if text := "\n" + strings.Join(rows, "\n") + "\n\n"; !strings.Contains(document, text) {
			t.Errorf("infra/docs/scale.md does not contain this table:%s", text)
		}
	}
}

func TestDefaultsAreThoseOfTheTemplate(t *testing.T) {
	var template struct {
		Parameters map[string]struct {
			Default any `yaml:"Default"`
		} `yaml:"Parameters"`
		Globals struct {
			Function struct {
				MemorySize int `yaml:"MemorySize"`
			} `yaml:"Function"`
		} `yaml:"Globals"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "template.yaml")), &template); err != nil {
		t.Fatal(err)
	}
	for parameter, want := range map[string]string{
		"GateTtl": Defaults.GateTTL.String(), "PrincipalTtl": Defaults.PrincipalTTL.String(), "VerifyRateLimit": fmt.Sprint(verifyRateLimit),
	} {
		if got := fmt.Sprint(template.Parameters[parameter].Default); got != want {
			t.Errorf("%s is %s in the template, and %s here", parameter, got, want)
		}
	}
	if got := template.Globals.Function.MemorySize; got != Defaults.MemoryMB {
		t.Errorf("MemorySize is %d in the template, and %d here", got, Defaults.MemoryMB)
	}
}

func TestProcessorTimesAreTheMeasuredOnes(t *testing.T) {
	document := read(t, "infra/docs/performance.md")
	for function, want := range map[string]time.Duration{"`keys/verify`": cpu, "`keys/verify`, key with a rate limit": cpuLimited} {
		chapter, _, _ := strings.Cut(document[strings.Index(document, "## Warm invocation"):], "\n## Load")
		_, row, found := strings.Cut(chapter, "| "+function+" |")
		cells := strings.Split(row, "|")
		if got := fmt.Sprintf(" %.2f ms ", want.Seconds()*1000); !found || cells[1] != got {
			t.Errorf("%s takes%sin infra/docs/performance.md, and%shere", function, cells[1], got)
		}
	}
}

// The page about the deployment has the price of a million verifications without usage figures and caches, and what these
// add.
func TestPricesAreThoseOfTheDeployment(t *testing.T) {
	document := read(t, "infra/docs/deploy.md")
	says := func(text string) {
		t.Helper()
		if !strings.Contains(document, text) {
			t.Errorf("infra/docs/deploy.md does not say %q", text)
		}
	}
	added := func(traffic Traffic) string {
		n := Of(traffic, Defaults)
		bare := n.Cost
		bare.Usage, bare.Reads = 0, n.CredentialReads*priceOfRead
		says("| sum | | " + perMillion(bare.Sum(), traffic) + " |")
		return perMillion(n.Cost.Sum()-bare.Sum(), traffic)
	}
	says(added(Examples[0]) + " more for a million at 1 verification a second of 10 keys")
	says(added(Examples[1]) + " more at 1,000 a second of 1,000 keys")
}

func TestEnvironmentFlushesAfterFlushEvery(t *testing.T) {
	now := time.Date(2026, time.November, 27, 12, 0, 0, 0, time.UTC)
	r := usestore.NewRecorder(nil, func() time.Time { return now }, nil)
	r.Count(usage.Use{Tenant: "acme", Code: api.CodeNotFound, At: now})
	now = now.Add(Defaults.FlushEvery - time.Millisecond)
	if r.Due() {
		t.Errorf("counts are due before %s", Defaults.FlushEvery)
	}
	now = now.Add(time.Millisecond)
	if !r.Due() {
		t.Errorf("counts are not due after %s", Defaults.FlushEvery)
	}
}

// The model's writes are those of the recorder's own tally, for random uses of evenly used keys.
func TestWritesOfUsageAreThoseOfATally(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2026, time.November, 27, 12, 0, 0, 0, time.UTC)
	for _, traffic := range []Traffic{
		{Rate: 5, Keys: 1, Applications: 1, Arxes: 1, ManagementKeys: 1},
		{Rate: 5, Keys: 10, Applications: 1, Arxes: 1, ManagementKeys: 1},
		Typical.at(5),
	} {
		const flushes = 500
		writes, latest := 0, 0
		for range flushes {
			var tally usage.Tally
			for range 51 { // five a second for ten seconds, and the one that flushes
				key := random.IntN(traffic.Keys)
				u := usage.Use{
					Tenant: "acme", KeyID: fmt.Sprintf("key_%d", key), LastFour: "abcd", Code: api.CodeValid, At: at,
					ApplicationID: fmt.Sprintf("app_%d", key%traffic.Applications), ArxID: fmt.Sprintf("arx_%d", key/traffic.Applications%traffic.Arxes),
				}
				if !tally.Own(u, 10_000) || !tally.Shared(u, 10_000) {
					t.Fatal("the tally is full")
				}
			}
			writes, latest = writes+len(tally.Days)+len(tally.Latest), latest+len(tally.Latest)
		}
		n := Of(traffic, Defaults)
		if n.Environments != 1 {
			t.Fatalf("%v environments", n.Environments)
		}
		perSecond := flushes * (Defaults.FlushEvery.Seconds() + 0.2)
		what := fmt.Sprintf("%d keys", traffic.Keys)
		near(t, what+", latest uses", n.TenantLatest, float64(latest)/perSecond, 0.02)
		// A write of the tenant's day counts for several units.
		near(t, what+", all writes", n.UsageWrites-n.TenantDay*(tenantDayUnits-1)/tenantDayUnits, float64(writes)/perSecond, 0.02)
	}
}

// An environment reads a cached item again with its first use after the TTL.
func TestReadsOfACachedItemAreThoseOfASimulation(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		rate         float64
		environments int
		ttl          float64 // seconds
	}{{1, 1, 5}, {0.1, 1, 5}, {100, 20, 5}, {10, 100, 60}, {10, 1, 0}} {
		const uses = 200_000
		until := make([]float64, c.environments)
		at, reads := 0.0, 0
		for range uses {
			at += random.ExpFloat64() / c.rate
			if e := random.IntN(c.environments); at >= until[e] {
				reads, until[e] = reads+1, at+c.ttl
			}
		}
		got := cached(c.rate, float64(c.environments), time.Duration(c.ttl*float64(time.Second)))
		near(t, fmt.Sprintf("%+v", c), got, float64(reads)/at, 0.02)
	}
}

// size returns the size of an item as DynamoDB counts it.
func size(item table.Item) (n int) {
	for name, value := range item {
		n += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += len(v.Value)/2 + 2
		default:
			return math.MaxInt
		}
	}
	return n
}

func TestUnitsOfAWriteAreThoseOfTheItemsSize(t *testing.T) {
	units := func(item table.Item) int { return (size(item) + 1023) / 1024 }
	midnight := time.Date(2026, time.November, 27, 0, 0, 0, 0, time.UTC)
	day := func(id string, codes ...api.Code) table.Item {
		figures := usage.Figures{}
		for hour := range 24 {
			for _, code := range codes {
				figures[usage.Cell{Hour: hour, Code: code}] = 987_654_321 // 100,000 a second, for two and a half hours
			}
		}
		return usestore.StoredDay(usage.Day{Subject: usage.Of(id), Start: midnight}, figures)
	}
	id := strings.Repeat("x", 30)
	if got := units(day(strings.Repeat("t", 63), api.Codes()...)); got != tenantDayUnits {
		t.Errorf("the tenant's day takes %d units", got)
	}
	if got := units(day(id, api.CodeValid, api.CodeInsufficientScope, api.CodeRateLimited)); got != 1 {
		t.Errorf("a key's day with three codes takes %d units", got)
	}
	latest := usage.LatestUse{Last: usage.LastUse{Newest: usage.Sight{At: midnight, LastFour: "abcd"}, Older: usage.Sight{At: midnight, LastFour: "abcd"}}, Good: map[time.Time]int{}}
	for hour := range 48 {
		latest.Good[midnight.Add(time.Duration(hour)*time.Hour)] = 987_654_321
	}
	if got := units(usestore.StoredLatest(usage.Record{Tenant: strings.Repeat("t", 63), ID: id}, latest)); got != 1 {
		t.Errorf("a latest use takes %d units", got)
	}
}

// A key's rate limit must not ask for more than its item can take.
func TestRateLimitsAreWithinAPartition(t *testing.T) {
	if api.MaxRatePerSecond*2 > partitionWrites {
		t.Errorf("a rate limit may allow %d a second, and a partition takes %d", api.MaxRatePerSecond, partitionWrites)
	}
}

func TestLimitsAreReachedAtTheirRate(t *testing.T) {
	reached := Reached(Defaults)
	if !slices.IsSortedFunc(reached, func(a, b Limit) int { return int(a.Rate) - int(b.Rate) }) {
		t.Error("the limits are not in the order in which they are reached")
	}
	for _, l := range reached {
		below, above := l.Is(Of(l.Of.at(l.Rate*0.999), Defaults)), l.Is(Of(l.Of.at(l.Rate*1.001+1), Defaults))
		if below > l.Most || above <= l.Most {
			t.Errorf("%s of %v: %v below %v verifications a second, %v above", l.Name, l.Most, below, l.Rate, above)
		}
	}
}

func TestLimitThatIsNeverReachedIsInfinite(t *testing.T) {
	if got := rateAt(10, func(float64) float64 { return 1 }); !math.IsInf(got, 1) {
		t.Errorf("%v", got)
	}
}

func TestSettingsChangeTheirNeeds(t *testing.T) {
	traffic := Examples[len(Examples)-1]
	before := Of(traffic, Defaults)
	with := func(change func(*Settings)) Need {
		s := Defaults
		change(&s)
		return Of(traffic, s)
	}
	if n := with(func(s *Settings) { s.GateTTL = time.Minute }); n.GateReads >= before.GateReads || n.CallerReads != before.CallerReads {
		t.Errorf("with a longer GateTTL: %+v", n)
	}
	if n := with(func(s *Settings) { s.PrincipalTTL = 0 }); n.CallerReads != traffic.Rate {
		t.Errorf("without PrincipalTTL: %+v", n)
	}
	if n := with(func(s *Settings) { s.MemoryMB = memoryOfOneCPU }); n.Duration != cpu+call {
		t.Errorf("with a whole core: %s", n.Duration)
	}
	traffic.Limited = true
	if n := Of(traffic, Defaults); n.LimitWrites != traffic.Rate || n.Duration <= before.Duration || n.Writes != n.LimitWrites+n.UsageWrites {
		t.Errorf("with limits: %+v", n)
	}
}

// BenchmarkCapacity prints the tables of infra/docs/scale.md. The benchmark's own log would cut them off.
func BenchmarkCapacity(b *testing.B) {
	for b.Loop() {
		NeedsTable(Defaults)
	}
	for _, rows := range [][]string{NeedsTable(Defaults), LimitsTable(Defaults), KnobsTable()} {
		fmt.Printf("\n%s\n", strings.Join(rows, "\n"))
	}
}
