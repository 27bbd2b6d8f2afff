package metrics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	lambdalog "github.com/arxkeys/arxkeys/shared/lambda/log"
)

// recording is a recorder with a clock, and what it wrote.
type recording struct {
	*Recorder
	at  time.Time
	out bytes.Buffer
}

func record() *recording {
	r := &recording{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	r.Recorder = New("arxkeys", "arxkeys-KeysVerifyFunction-1", lambdalog.New(&r.out), func() time.Time { return r.at })
	return r
}

// lines returns the lines written since the last call.
func (r *recording) lines(t *testing.T) (lines []map[string]any) {
	t.Helper()
	for text := range strings.Lines(r.out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		lines = append(lines, line)
	}
	r.out.Reset()
	return lines
}

// violations compares a line with CloudWatch's specification of the format.
func violations(line map[string]any) (found []string) {
	complain := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	aws, _ := line["_aws"].(map[string]any)
	if ms, _ := aws["Timestamp"].(float64); ms < 1e12 || ms > 1e13 {
		complain("the timestamp %v is not in milliseconds", aws["Timestamp"])
	}
	directives, _ := aws["CloudWatchMetrics"].([]any)
	if len(directives) == 0 {
		complain("there are no metrics")
	}
	for _, each := range directives {
		d, _ := each.(map[string]any)
		if name, _ := d["Namespace"].(string); name == "" || len(name) > 255 {
			complain("the namespace is %q", name)
		}
		sets, _ := d["Dimensions"].([]any)
		if len(sets) == 0 {
			complain("there is no set of dimensions")
		}
		for _, set := range sets {
			for _, dimension := range set.([]any) {
				if value, _ := line[dimension.(string)].(string); value == "" {
					complain("the dimension %v has no value", dimension)
				}
			}
		}
		metrics, _ := d["Metrics"].([]any)
		if len(metrics) == 0 || len(metrics) > 100 {
			complain("%d metrics", len(metrics))
		}
		for _, each := range metrics {
			m, _ := each.(map[string]any)
			if unit := m["Unit"]; unit != "Count" && unit != "Milliseconds" {
				complain("%v has the unit %v", m["Name"], unit)
			}
			switch value := line[m["Name"].(string)].(type) {
			case float64:
			case []any:
				if len(value) == 0 || len(value) > 100 {
					complain("%v has %d values", m["Name"], len(value))
				}
			default:
				complain("%v is %T", m["Name"], value)
			}
		}
	}
	return found
}

func TestCountsAreWrittenInTheEmbeddedMetricFormat(t *testing.T) {
	r := record()
	r.Verification("VALID", 1500*time.Microsecond)
	r.Verification("VALID", 2*time.Millisecond)
	r.Verification("NOT_FOUND", 3*time.Millisecond)
	r.RefusedCredential()
	r.StoreError()
	r.StoreError()
	r.Write(t.Context())
	lines := r.lines(t)
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	count := func(name string) any { return map[string]any{"Name": name, "Unit": "Count"} }
	want := map[string]any{
		"level": "INFO", "msg": "metrics", "Stack": "arxkeys", "Function": "arxkeys-KeysVerifyFunction-1",
		"Verdict.VALID": 2.0, "Verdict.NOT_FOUND": 1.0, "RefusedCredentials": 1.0, "StoreErrors": 2.0, "Latency": []any{1.5, 2.0, 3.0},
		"_aws": map[string]any{"Timestamp": float64(r.at.UnixMilli()), "CloudWatchMetrics": []any{
			map[string]any{"Namespace": "Arxkeys", "Dimensions": []any{[]any{"Stack"}}, "Metrics": []any{
				count("RefusedCredentials"), count("StoreErrors"), count("Verdict.NOT_FOUND"), count("Verdict.VALID"),
			}},
			map[string]any{"Namespace": "Arxkeys", "Dimensions": []any{[]any{"Function"}}, "Metrics": []any{
				map[string]any{"Name": "Latency", "Unit": "Milliseconds"},
			}},
		}},
	}
	delete(lines[0], "timestamp")
	if diff := cmp.Diff(want, lines[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v := violations(want); v != nil {
		t.Error(v)
	}
	r.Write(t.Context())
	if lines := r.lines(t); lines != nil {
		t.Errorf("nothing was counted since, and is written as %v", lines)
	}
}

func TestOneLineIsWrittenInTenSeconds(t *testing.T) {
	r := record()
	written := 0
	for range 1000 { // 100 seconds
		r.Verification("VALID", time.Millisecond)
		r.WriteDue(t.Context())
		for _, line := range r.lines(t) {
			written += int(line["Verdict.VALID"].(float64))
			if v := violations(line); v != nil {
				t.Error(v)
			}
		}
		r.at = r.at.Add(100 * time.Millisecond)
	}
	if written != 901 { // the first one at once, then each ten seconds
		t.Errorf("%d of 1000 verifications are in the lines of 100 seconds", written)
	}
	r.Write(t.Context())
	if last := r.lines(t); len(last) != 1 || last[0]["Verdict.VALID"] != 99.0 {
		t.Errorf("the environment ends with %v", last)
	}
}

func TestClockThatIsSetBackDelaysNothing(t *testing.T) {
	r := record()
	r.StoreError()
	r.WriteDue(t.Context())
	r.at = r.at.Add(-time.Hour)
	r.StoreError()
	r.WriteDue(t.Context())
	if lines := r.lines(t); len(lines) != 2 {
		t.Errorf("%v", lines)
	}
}

func TestLatenciesAreASampleOfAll(t *testing.T) {
	r := record()
	for i := range 10_000 {
		r.Verification("VALID", time.Duration(i)*time.Millisecond)
	}
	r.Write(t.Context())
	line := r.lines(t)[0]
	sample := line["Latency"].([]any)
	if v := violations(line); v != nil || len(sample) != maxLatencies || line["Verdict.VALID"] != 10_000.0 {
		t.Errorf("%d values of %v verifications: %v", len(sample), line["Verdict.VALID"], v)
	}
	// That all are from the first or the second half has a probability of 2^-99.
	late := func(v any) bool { return v.(float64) >= 5000 }
	if n := len(slices.DeleteFunc(sample, late)); n == 0 || n == maxLatencies {
		t.Errorf("%d of %d values are from the first half", n, maxLatencies)
	}
	r.Verification("VALID", time.Millisecond)
	r.Write(t.Context())
	if got := r.lines(t)[0]["Latency"]; !cmp.Equal(got, []any{1.0}) {
		t.Errorf("the next line repeats %v", got)
	}
}

func TestRunOfAJobWithoutWorkIsNoMetric(t *testing.T) {
	r := record()
	r.Job(0, false, false)
	r.Write(t.Context())
	if lines := r.lines(t); lines != nil {
		t.Errorf("%v", lines)
	}
	r.Job(7, true, false)
	r.Job(0, false, true)
	r.Write(t.Context())
	line := r.lines(t)[0]
	if v := violations(line); v != nil || line[JobItems] != 7.0 || line[JobFailures] != 1.0 || line[JobsUnfinished] != 1.0 {
		t.Errorf("%v, %v", line, v)
	}
}

func TestAgeOfTheSecretIsNotASum(t *testing.T) {
	r := record()
	r.EdgeSecret(366)
	r.EdgeSecret(366)
	r.ManagementKeyDue()
	r.ManagementKeyDue()
	r.Write(t.Context())
	line := r.lines(t)[0]
	if v := violations(line); v != nil || line[EdgeSecretDays] != 366.0 || line[ManagementKeysDue] != 2.0 {
		t.Errorf("%v, %v", line, v)
	}
}

func TestFunctionWithoutAStackHasNoMetrics(t *testing.T) {
	t.Setenv("STACK_NAME", "")
	r := FromEnv()
	if r != nil {
		t.Fatal("it has a recorder")
	}
	r.Verification("VALID", 0)
	r.RefusedCredential()
	r.StoreError()
	r.Job(1, true, true)
	r.ManagementKeyDue()
	r.EdgeSecret(1)
	r.WriteDue(t.Context())
	r.Write(t.Context())
	t.Setenv("STACK_NAME", "arxkeys")
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "arxkeys-MeFunction-1")
	if r := FromEnv(); r == nil || r.stack != "arxkeys" || r.function != "arxkeys-MeFunction-1" {
		t.Errorf("%+v", r)
	}
}

func TestViolationsAreFound(t *testing.T) {
	text := `{"Stack": "s", "N": 1, "_aws": {"Timestamp": 1772366400000, "CloudWatchMetrics": [{"Namespace": "a", "Dimensions": [["Stack"]], "Metrics": [{"Name": "N", "Unit": "Count"}]}]}}`
	read := func(text string) (line map[string]any) {
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		return line
	}
	if v := violations(read(text)); v != nil {
		t.Errorf("%v", v)
	}
	for from, to := range map[string]string{
		`"Stack": "s"`: `"Stack": 1`, `"N": 1`: `"N": "1"`, `"N": 1,`: `"N": [],`, "1772366400000": "1772366400", `"Namespace": "a"`: `"Namespace": ""`,
		`[["Stack"]]`: `[]`, `"Unit": "Count"`: `"Unit": "Counts"`, `[{"Name": "N", "Unit": "Count"}]`: `[]`,
	} {
		if v := violations(read(strings.Replace(text, from, to, 1))); v == nil {
			t.Errorf("%s: nothing is found", to)
		}
	}
}

// BenchmarkVerification measures what counting adds to a verification, including its share of the lines, if an
// environment verifies a thousand keys a second.
func BenchmarkVerification(b *testing.B) {
	r := record()
	b.ReportAllocs()
	for b.Loop() {
		r.Verification("VALID", 1234*time.Microsecond)
		r.WriteDue(b.Context())
		r.at = r.at.Add(time.Millisecond)
		r.out.Reset()
	}
}
