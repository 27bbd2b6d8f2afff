package engine

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// request returns a request of a DynamoDB client, for tests to change.
func request(t *testing.T, e *Engine) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.Endpoint, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Date", "20260201T091200Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+e.AccessKey+"/20260201/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	return r
}

// send returns the status, and the header field that lets a page of another origin read the response.
func send(t *testing.T, r *http.Request) (status int, readable string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode, res.Header.Get("Access-Control-Allow-Origin")
}

func TestEngineAcceptsOnlyTheNetworkOfItsCallers(t *testing.T) {
	if _, err := Find(root); err != nil {
		t.Skip(err)
	}
	for network, want := range map[string]int{"172.17.0.0/16": http.StatusForbidden, "127.0.0.0/8": http.StatusOK} {
		e, err := Start(t.Context(), Config{Root: root, Callers: []netip.Prefix{netip.MustParsePrefix(network)}, Public: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(e.Stop)
		if status, _ := send(t, request(t, e)); status != want {
			t.Errorf("callers of %s: %d, want %d", network, status, want)
		}
	}
}

func TestEngineRequiresItsAccessKey(t *testing.T) {
	for name, public := range map[string]bool{"private": false, "public": true} {
		if _, err := Find(root); err != nil {
			t.Skip(err)
		}
		e, err := Start(t.Context(), Config{Root: root, Hosts: []string{"host.docker.internal"}, Public: public})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(e.Stop)
		allow := func(what string, change func(*http.Request)) {
			t.Helper()
			r := request(t, e)
			change(r)
			if status, _ := send(t, r); status != http.StatusOK {
				t.Errorf("%s: %s: %d", name, what, status)
			}
		}
		deny := func(what string, change func(*http.Request)) {
			t.Helper()
			r := request(t, e)
			change(r)
			if status, readable := send(t, r); status != http.StatusForbidden || readable != "" {
				t.Errorf("%s: %s: %d, readable by %q", name, what, status, readable)
			}
		}
		port := strings.TrimPrefix(e.Endpoint, "http://127.0.0.1")
		allow("a client", func(*http.Request) {})
		allow("localhost", func(r *http.Request) { r.Host = "localhost" + port })
		allow("a function in Docker", func(r *http.Request) { r.Host = "host.docker.internal" + port })

		deny("a name that resolves to this machine", func(r *http.Request) { r.Host = "evil.example" + port })
		deny("a page", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") })
		deny("a page of this machine", func(r *http.Request) { r.Header.Set("Origin", e.Endpoint) })
		deny("a sandboxed page", func(r *http.Request) { r.Header.Set("Origin", "null") })
		deny("a browser", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") })
		deny("a preflight", func(r *http.Request) { r.Method = http.MethodOptions })
		deny("a navigation", func(r *http.Request) { r.Method = http.MethodGet })
		deny("a form", func(r *http.Request) { r.Header.Del("X-Amz-Target") })
		deny("nobody", func(r *http.Request) { r.Header.Del("Authorization") })
		deny("no signature", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+e.AccessKey) })
		if !public {
			for _, key := range []string{"", "local", e.AccessKey + "0", e.AccessKey[1:], strings.ToLower(e.AccessKey)} {
				deny("the access key "+key, func(r *http.Request) {
					r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), e.AccessKey, key, 1))
				})
			}
		}
	}
}

func TestRefusedConnectionIsClosed(t *testing.T) {
	e := startIn(t, t.TempDir())
	for name, first := range map[string]string{
		"a navigation": "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "no HTTP": "hello\r\n\r\n",
		"a preflight": "OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n",
	} {
		c, err := net.Dial("tcp", strings.TrimPrefix(e.Endpoint, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, first)
		if err := request(t, e).Write(c); err != nil {
			continue // closed already
		}
		answers := bufio.NewReader(c)
		if res, err := http.ReadResponse(answers, nil); err == nil && res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", name, res.Status)
		} else if err == nil {
			io.Copy(io.Discard, res.Body)
		}
		if res, err := http.ReadResponse(answers, nil); err == nil {
			t.Errorf("%s: the next request gets a response: %s", name, res.Status)
		}
	}
}

// processesBelow returns all descendants of the process.
func processesBelow(pid int) (found []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				found = append(append(found, child), processesBelow(child)...)
			}
		}
	}
	return found
}

func TestEngineCannotBeReachedDirectly(t *testing.T) {
	for _, way := range isolations() {
		binary, err := Find(root)
		if err != nil {
			t.Skip(err)
		}
		c := Config{Root: root, Output: func(string) {}}
		e, err := c.startIn(t.Context(), way, binary, nil)
		if err == errNotIsolated {
			t.Logf("this system does not allow %+v", way)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(e.Stop)
		if _, err := e.Client().ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil {
			t.Errorf("%+v: %v", way, err)
		}
		if way.isolated {
			ours, err := os.Readlink("/proc/self/ns/net")
			for _, pid := range append(processesBelow(e.cmd.Process.Pid), e.cmd.Process.Pid) {
				if theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", pid)); err != nil || theirs == ours {
					t.Errorf("the process %d is on this network: %s, %v", pid, theirs, err)
				}
			}
			if err != nil || len(processesBelow(e.cmd.Process.Pid)) == 0 {
				t.Errorf("there is no engine below %d, %v", e.cmd.Process.Pid, err)
			}
		} else if !strings.HasPrefix(way.host, "127.") || way.host == "127.0.0.1" {
			t.Errorf("the engine listens on %s, which is easy to guess", way.host)
		}

		// Kill must leave no process behind.
		all := append(processesBelow(e.cmd.Process.Pid), e.cmd.Process.Pid)
		e.Kill()
		for _, pid := range all {
			if _, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil { // a zombie has none
				t.Errorf("%+v: the process %d outlives Kill", way, pid)
			}
		}
	}
}

func TestStopShutsTheEngineDownCleanly(t *testing.T) {
	for _, way := range isolations() {
		binary, err := Find(root)
		if err != nil {
			t.Skip(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var mu sync.Mutex
		var said []string
		c := Config{Root: root, Output: func(line string) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, line)
		}}
		e, err := c.startIn(ctx, way, binary, nil)
		if err == errNotIsolated {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		e.Stop()
		mu.Lock()
		defer mu.Unlock()
		if !strings.Contains(strings.Join(said, "\n"), "Shutting down") {
			t.Errorf("%+v: it printed %q", way, said)
		}
	}
}

// TestIdleConnectionReceivesNothing opens connections that send no request. A client may do that to use them later, and
// net/http would take any bytes that arrive for the response to its next request.
func TestIdleConnectionReceivesNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go guard{}.serve(l)
	for sent, answered := range map[string]bool{"": false, "GET": true, "GET / HTTP/1.1\r\n\r\n": true} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, sent); err != nil {
			t.Fatal(err)
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || (len(got) > 0) != answered {
			t.Errorf("%q gets the response %q, %v", sent, got, err)
		}
	}
}
