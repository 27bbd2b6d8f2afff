package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/shared/api"
)

// limitedKey is a key with few uses or a low rate limit, which nothing changes except its uses.
type limitedKey struct {
	id     string
	secret api.ClearText
	uses   bool // it has limited uses; otherwise a rate limit of 30 days

	mu    sync.Mutex
	valid int // verifications that were accepted
	lost  int // verifications that may have been
}

const mostUses = 4 // of a limited key

// createLimited creates a key of each kind.
func (m *mix) createLimited() error {
	app, _ := m.application()
	for _, uses := range []bool{true, false} {
		req := api.CreateKeyRequest{ApplicationID: app, ArxID: m.anchor}
		if most := mostUses; uses {
			req.RemainingUses = &most
		} else {
			req.RateLimit = &api.RateLimit{Limit: mostUses, WindowSeconds: 30 * 24 * 3600}
		}
		res, err := patiently(m.c, api.CreateKey, req)
		if err != nil {
			return err
		}
		m.limited = append(m.limited, &limitedKey{id: res.Key.ID, secret: *res.AccessKey, uses: uses})
	}
	return nil
}

func (m *mix) useLimited() {
	k := m.limited[rand.IntN(len(m.limited))]
	var a answer
	var code api.Code
	noted := true
	if rand.IntN(2) == 0 {
		var res api.Verification
		res, a, _, noted = mixed(m, api.VerifyKey, api.VerifyKeyRequest{Key: k.secret})
		code = res.Code
	} else {
		var ok bool
		if a, ok = m.whoami(k.secret); ok {
			code = api.CodeValid
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case !noted:
	case a.came == lost:
		k.lost++
	case code == api.CodeValid:
		k.valid++
	}
}

// checkLimited checks that no key was accepted too often, and that no acknowledged use is lost.
func (m *mix) checkLimited(t *testing.T) {
	t.Helper()
	for _, k := range m.limited {
		if k.valid > mostUses {
			t.Errorf("a key with %d uses was accepted %d times", mostUses, k.valid)
		}
		if !k.uses {
			continue
		}
		res, err := patiently(m.c, api.GetKey, api.KeyID{ID: k.id})
		if err != nil || res.RemainingUses == nil {
			t.Errorf("a key with limited uses: %+v, %v", res, err)
			continue
		}
		if left := *res.RemainingUses; left > mostUses-k.valid || left < mostUses-k.valid-k.lost {
			t.Errorf("a key with %d uses has %d left after %d uses and %d unknown results", mostUses, left, k.valid, k.lost)
		}
	}
}

// sendsOnce repeats no request. Over a kept connection, net/http repeats a GET whose response was lost: a use that is
// counted twice, or whose first attempt looks as if it was never sent.
var sendsOnce = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// whoami calls the route that an access key opens, and so the authorizer. It reports whether the key was accepted. The
// result is lost if there was no response, or one that says nothing about the key.
func (m *mix) whoami(secret api.ClearText) (a answer, ok bool) {
	m.called(api.WhoAmI.Name)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.c.BaseURL+api.WhoAmI.Path, nil)
	if err != nil {
		panic(err)
	}
	req.Header.Set("X-Api-Key", string(secret))
	res, err := sendsOnce.Do(req)
	if errors.Is(err, syscall.ECONNREFUSED) {
		time.Sleep(50 * time.Millisecond)
		return answer{came: refused}, false
	}
	if err != nil {
		return answer{came: lost}, false
	}
	res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
		return answer{came: done}, true
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return answer{came: refused}, false
	}
	return answer{came: lost}, false
}

// holdKey presents an access key to the authorizer. If it is accepted, the key, its application and its Arx are active.
func (m *mix) holdKey() {
	id, k, secret := m.key()
	if id == "" {
		return
	}
	asked := m.now()
	if _, ok := m.whoami(secret); ok {
		m.noteVerdict(id, k, secret, asked, api.CodeValid)
	}
}

// read calls an operation that only reads. The laptop compares the response with the API's document.
func (m *mix) read() {
	key, _, _ := m.key()
	manager, _ := m.manager()
	reads := []func(){
		func() { mixed(m, api.ListKeys, api.ListKeysRequest{Include: "deleted"}) },
		func() { mixed(m, api.ListApplications, api.ListApplicationsRequest{Include: "archived"}) },
		func() { mixed(m, api.ListArxes, api.ListArxesRequest{Include: "deleted"}) },
		func() { mixed(m, api.ListManagementKeys, api.ListManagementKeysRequest{}) },
		func() { mixed(m, api.ListEvents, api.ListEventsRequest{}) },
		func() { mixed(m, api.GetOverview, api.Nothing{}) },
		func() { mixed(m, api.GetUsage, api.UsageRequest{}) },
		func() { mixed(m, api.GetOpenAPI, api.DocumentRequest{}) },
		func() { mixed(m, api.GetMe, api.Nothing{}) },
	}
	if key != "" {
		reads = append(reads, func() { mixed(m, api.GetKeyUsage, api.KeyUsageRequest{ID: key}) })
	}
	if manager != "" {
		reads = append(reads, func() { mixed(m, api.GetManagementKey, api.ManagementKeyID{ID: manager}) })
	}
	reads[rand.IntN(len(reads))]()
}

// leftOut returns the operations that no mix has called.
func leftOut(calls map[string]bool) (names []string) {
	for _, op := range api.Operations() {
		if !calls[op.Name] {
			names = append(names, op.Name)
		}
	}
	return names
}

// runJobs runs every job once, with the environment of the machine's functions. A job may fail: the machine crashes
// meanwhile. It returns how many succeeded.
func (m *machine) runJobs() (succeeded int) {
	environment := m.environment()
	if environment == nil {
		return 0
	}
	for _, name := range []string{"Expiry", "Settling", "Rollup", "Purge"} {
		environment["AWS_SESSION_TOKEN"] = "Jobs" + name + "Function" // whose policy counts
		name = "jobs/" + strings.ToLower(name)
		f := lambda.New(lambda.Config{
			Name: name, Binary: build.Binary(root, name), Region: engine.Region, Timeout: time.Minute, MemoryMB: 512,
			Environment: environment, MaxEnvironments: 1, Output: func(string) {},
		})
		if result, err := f.Invoke(context.Background(), []byte("{}")); err == nil && !strings.Contains(string(result.Payload), "errorMessage") {
			succeeded++
		}
		f.Stop()
	}
	return succeeded
}

// environment returns the variables of one of the machine's functions that point to its table; nil if none runs.
func (m *machine) environment() map[string]string {
	for _, pid := range below(m.cmd.Process.Pid) {
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err != nil || filepath.Base(exe) != "bootstrap" {
			continue
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil {
			continue
		}
		of := map[string]string{}
		for variable := range strings.SplitSeq(string(text), "\x00") {
			name, value, _ := strings.Cut(variable, "=")
			if slices.Contains([]string{"TABLE_NAME", "STACK_NAME", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}, name) {
				of[name] = value
			}
		}
		if len(of) == 5 {
			return of
		}
	}
	return nil
}
