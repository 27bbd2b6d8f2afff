package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// TestUsageSurvivesShutdownAndACrashLosesOnlyUnwrittenCounts ends the real binary with SIGKILL, like a crash, and with
// SIGTERM, like Lambda.
func TestUsageSurvivesShutdownAndACrashLosesOnlyUnwrittenCounts(t *testing.T) {
	l := newLaptop(t.TempDir())
	t.Cleanup(l.stop)
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	key, access := aKey(t, l)
	verify := func(times int) {
		t.Helper()
		for range times {
			got, err := client.Call(t.Context(), l.client(), api.VerifyKey, api.VerifyKeyRequest{Key: access})
			if err != nil || !got.Valid {
				t.Fatalf("%+v, %v", got, err)
			}
		}
	}
	uses := func() int {
		t.Helper()
		got, err := client.Call(t.Context(), l.client(), api.GetKeyUsage, api.KeyUsageRequest{ID: key, UsageRange: api.UsageRange{Interval: api.ByDay}})
		if err != nil {
			t.Fatal(err)
		}
		return got.Totals.Codes[api.CodeValid]
	}

	const before, after = 5, 3
	verify(before)
	killVerify(t)
	verify(1) // by another environment, which writes its first use at once
	left := uses()
	for range 500 { // it is written after the response
		if left > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
		left = uses()
	}
	if left < 1 || left > before+1 {
		t.Errorf("%d uses, of %d: the first use of an environment must be written at once, and none twice", left, before+1)
	}
	verify(after)
	l.stop()
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	if got := uses(); got < left+after || got > before+1+after {
		t.Errorf("%d uses, want at least %d: the environment was shut down and had %d uses to write", got, left+after, after)
	}
}

func (l *laptop) client() *client.Client {
	return &client.Client{BaseURL: l.url(), Authorization: func(context.Context) (string, error) { return l.managementKey(), nil }}
}

// aKey creates an API key with its application and Arx.
func aKey(t *testing.T, l *laptop) (id string, access api.ClearText) {
	t.Helper()
	c := l.client()
	app, err := client.Call(t.Context(), c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server})
	if err != nil {
		t.Fatal(err)
	}
	arx, err := client.Call(t.Context(), c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.Call(t.Context(), c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID})
	if err != nil {
		t.Fatal(err)
	}
	return made.Key.ID, *made.AccessKey
}

// killVerify kills every environment of keys/verify of this process, and waits until they are gone.
func killVerify(t *testing.T) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	var dead []string
	for _, task := range tasks {
		children, err := os.ReadFile(task)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range strings.Fields(string(children)) {
			binary, err := os.Readlink("/proc/" + word + "/exe")
			if err != nil || !strings.HasSuffix(binary, "keys/verify/bootstrap") {
				continue
			}
			pid, err := strconv.Atoi(word)
			if err == nil {
				err = syscall.Kill(pid, syscall.SIGKILL)
			}
			if err != nil {
				t.Fatal(err)
			}
			dead = append(dead, word)
		}
	}
	if len(dead) == 0 {
		t.Fatal("no environment of keys/verify runs")
	}
	for _, pid := range dead {
		for _, err := os.Stat("/proc/" + pid); err == nil; _, err = os.Stat("/proc/" + pid) {
			time.Sleep(time.Millisecond)
		}
	}
	// The environment is removed from the pool a moment after its process ended. A call in between would return 500, as on
	// AWS.
	time.Sleep(100 * time.Millisecond)
}
