package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// world is a stack's surroundings: AWS behind a proxy, the SAM CLI, the distribution, and a repository with a built
// console.
type world struct {
	t        *testing.T
	stack    string
	root     string // the repository
	settings map[string]string
	aws      *clients // not through the proxy

	mu       sync.Mutex
	requests []string // what went through the proxy
	stopAt   int      // at which request the run is interrupted, from 1; 0 never
	after    bool     // the interrupted request reaches AWS
	stop     context.CancelFunc
	answer   func(request, body string) string // changes what AWS answers; may be nil
}

func newWorld(t *testing.T, stack string) *world {
	t.Helper()
	w := &world{t: t, stack: stack, root: t.TempDir(), settings: map[string]string{"STACK": stack, "ADMIN_EMAIL": "ann@example.com", "BUILT": "1"}}
	var err error
	if w.aws, err = connect(t.Context(), ""); err != nil { // before AWS_ENDPOINT_URL is the proxy's
		t.Fatal(err)
	}
	target, err := url.Parse(moto)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.ModifyResponse = func(res *http.Response) error {
		if w.answer == nil {
			return nil
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		body = []byte(w.answer(res.Request.Header.Get("X-What"), string(body)))
		res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		res.Header.Set("Content-Length", fmt.Sprint(len(body)))
		return nil
	}
	forward.ErrorHandler = func(w http.ResponseWriter, r *http.Request, err error) { w.WriteHeader(http.StatusBadGateway) }
	proxy := httptest.NewServer(http.HandlerFunc(func(res http.ResponseWriter, r *http.Request) { w.pass(res, r, forward) }))
	t.Cleanup(proxy.Close)
	distribution := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(distribution.Close)
	t.Setenv("AWS_ENDPOINT_URL", proxy.URL)
	useSAM(t, proxy.URL, distribution.URL)

	template, err := os.ReadFile(filepath.Join(repository, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(repository, "infra/deploy/samconfig.toml"))
	if err != nil {
		t.Fatal(err)
	}
	w.write("template.yaml", string(template))
	w.write("infra/deploy/samconfig.toml", string(config))
	w.write("build/functions/me/bootstrap", "program")
	w.site("0")
	return w
}

func (w *world) write(name, content string) {
	w.t.Helper()
	file := filepath.Join(w.root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// site replaces the built console. The hash, a digit, distinguishes releases.
func (w *world) site(hash string) {
	w.t.Helper()
	if err := os.RemoveAll(filepath.Join(w.root, "build/console")); err != nil {
		w.t.Fatal(err)
	}
	program := "web/app." + strings.Repeat(hash, 10) + ".wasm"
	for name, content := range map[string]string{
		"index.html": "<script src=/" + program + ">", "sw.js": "const shell = " + hash, program: "program " + hash, "web/icons.svg": "<svg/>",
	} {
		w.write("build/console/"+name, content)
		for _, e := range hosting.Encodings {
			w.write("build/console/"+name+e.Suffix, e.Name+" of "+content)
		}
	}
	w.write("build/console/web/icon-192.png", "png")
}

// pass forwards a request to AWS, unless the run is interrupted here.
func (w *world) pass(res http.ResponseWriter, r *http.Request, forward http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	what := r.Method + " " + r.URL.Path
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		what = target[strings.LastIndex(target, ".")+1:]
	} else if r.Method == http.MethodPost {
		form, _ := url.ParseQuery(string(body))
		what = form.Get("Action")
	}
	r.Header.Set("X-What", what)
	w.mu.Lock()
	w.requests = append(w.requests, what)
	stopped := w.stopAt > 0 && len(w.requests) >= w.stopAt
	reaches := !stopped || w.after && len(w.requests) == w.stopAt
	stop := w.stop
	w.mu.Unlock()
	if reaches && !strings.HasPrefix(r.URL.Path, "/sam/") {
		to := res
		if stopped {
			to = httptest.NewRecorder()
		}
		forward.ServeHTTP(to, r)
	}
	if stopped {
		stop()
		panic(http.ErrAbortHandler)
	}
}

// serve is the distribution with the API behind it.
func (w *world) serve(res http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v1/") {
		res.WriteHeader(http.StatusUnauthorized)
		return
	}
	name := hosting.File(r.URL.Path)
	found, err := w.aws.find(r.Context(), w.stack)
	if err != nil || found == nil {
		res.WriteHeader(http.StatusBadGateway)
		return
	}
	o, err := w.aws.files.GetObject(r.Context(), &s3.GetObjectInput{Bucket: aws.String(found.outputs["ConsoleBucket"]), Key: &name})
	if err != nil {
		res.WriteHeader(http.StatusNotFound)
		return
	}
	defer o.Body.Close()
	io.Copy(res, o.Body)
}

// run runs the command, and returns what it printed. The run is interrupted at the request with that number, if it is
// not 0: before it reaches AWS, or after.
func (w *world) run(command string, stopAt int, after bool) (string, error) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	w.mu.Lock()
	w.requests, w.stopAt, w.after, w.stop = nil, stopAt, after, stop
	w.mu.Unlock()
	w.t.Chdir(w.root)
	var out bytes.Buffer
	err := run(ctx, []string{command}, settled(w.settings), strings.NewReader(w.settings["typed"]), &out)
	return out.String(), err
}

// must runs the command to its end.
func (w *world) must(command string) string {
	w.t.Helper()
	out, err := w.run(command, 0, false)
	if err != nil {
		w.t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return out
}

// state describes everything that a deployment leaves behind, one thing per key. Ids that AWS chooses are replaced by
// their names.
func (w *world) state() map[string]string {
	w.t.Helper()
	ctx := w.t.Context()
	found, err := w.aws.find(ctx, w.stack)
	if err != nil {
		w.t.Fatal(err)
	}
	if found == nil {
		return nil
	}
	var ids []string
	for _, name := range []string{"ConsoleBucket", "UserPoolId", "ConsoleClientId", "ConsoleUrl"} {
		if id := found.outputs[name]; id != "" {
			ids = append(ids, id, "{"+name+"}")
		}
	}
	named := strings.NewReplacer(ids...)
	state := map[string]string{"status": strings.TrimPrefix(strings.TrimPrefix(string(found.status), "CREATE_"), "UPDATE_")}
	for name, value := range found.parameters {
		if name == "EdgeSecret" {
			value = fmt.Sprint(len(value), " characters")
		}
		if day, err := time.Parse(time.DateOnly, value); err == nil && time.Since(day) < 48*time.Hour {
			value = "today" // or a day later, at midnight
		}
		if !strings.HasPrefix(name, "Simulated") {
			state["parameter "+name] = named.Replace(value)
		}
	}
	for _, o := range w.objects(found.outputs["ConsoleBucket"]) {
		state["object "+o.Name] = fmt.Sprintf("%s %s %s %s", o.ContentType, o.ContentEncoding, o.CacheControl, named.Replace(string(o.content)))
	}
	if pool := found.outputs["UserPoolId"]; pool != "" && found.ownPool() {
		users, err := w.aws.people.ListUsers(ctx, &cognitoidentityprovider.ListUsersInput{UserPoolId: &pool})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, u := range users.Users {
			groups, _, err := w.aws.groups(ctx, pool, aws.ToString(u.Username))
			if err != nil {
				w.t.Fatal(err)
			}
			attributes := map[string]string{}
			for _, a := range u.Attributes {
				attributes[aws.ToString(a.Name)] = aws.ToString(a.Value)
			}
			state["person "+attributes["email"]] = fmt.Sprint(u.UserStatus, attributes["email_verified"], groups)
		}
	}
	return state
}

// objects returns what is in the bucket.
func (w *world) objects(bucket string) (objects []object) {
	w.t.Helper()
	ctx := w.t.Context()
	list, err := w.aws.files.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, item := range list.Contents {
		o, err := w.aws.files.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: item.Key, ChecksumMode: types.ChecksumModeEnabled})
		if err != nil {
			w.t.Fatal(err)
		}
		content, err := io.ReadAll(o.Body)
		o.Body.Close()
		if err != nil {
			w.t.Fatal(err)
		}
		objects = append(objects, object{hosting.Object{
			Name: aws.ToString(item.Key), ContentType: aws.ToString(o.ContentType), ContentEncoding: aws.ToString(o.ContentEncoding), CacheControl: aws.ToString(o.CacheControl),
		}, content})
	}
	return objects
}
