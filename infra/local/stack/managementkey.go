package stack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/private"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// KeyFile is the file in the data directory with a management key for scripts, on a line of its own.
const KeyFile = "management-key"

const (
	keyOwner = "owner@example.com" // only a person can create a management key with the role owner
	keyName  = "local scripts"
	keyTries = 3
)

// managementKey is the key of KeyFile.
type managementKey struct {
	once sync.Once
	done chan struct{}
	text string
	err  error
}

// ready returns a channel that is closed when text or err is set.
func (k *managementKey) ready() chan struct{} {
	k.once.Do(func() { k.done = make(chan struct{}) })
	return k.done
}

func (k *managementKey) wait(ctx context.Context) (string, error) {
	select {
	case <-k.ready():
		return k.text, k.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// ensure makes sure that the file contains a valid management key. It keeps the existing one unless it is refused, for
// example after the data was deleted; then it creates a new one. If the key cannot be checked now, ensure leaves it.
func (k *managementKey) ensure(ctx context.Context, s *Stack) {
	defer close(k.ready())
	file := filepath.Join(s.config.DataDir, KeyFile)
	for try := 1; ; try++ {
		if k.text, k.err = s.keyFrom(ctx, file); k.err == nil || ctx.Err() != nil {
			return
		}
		if try == keyTries || !problem.Is(k.err, problem.Unavailable) {
			s.say.line("no management key for scripts: " + k.err.Error())
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// keyFrom returns the key in the file, or creates one and writes it to the file.
func (s *Stack) keyFrom(ctx context.Context, file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if key := strings.TrimSpace(string(text)); key != "" {
		_, err := client.Call(ctx, s.as(key), api.GetMe, api.Nothing{})
		if err == nil || !problem.Is(err, problem.Unauthenticated) {
			return key, blame(api.GetMe.Name, err)
		}
	}
	token, err := s.signin.AccessToken(ctx, keyOwner)
	if err != nil {
		return "", err
	}
	created, err := client.Call(ctx, s.as(token), api.CreateManagementKey, api.CreateManagementKeyRequest{Name: keyName, Role: api.Owner})
	if err != nil {
		return "", blame(api.CreateManagementKey.Name, err)
	}
	key := string(*created.Secret) // never nil: the request has no idempotency key, so the response is no replay
	return key, private.Write(file, []byte(key+"\n"))
}

// blame returns an error that names the failed function. Its output, not a retry, shows what to fix.
func blame(operation string, err error) error {
	if !problem.Is(err, problem.Internal) {
		return err
	}
	return fmt.Errorf("the function %s failed; the line above says why: fix it, and start again", strings.ReplaceAll(operation, ".", "/"))
}

// as returns a client of this stack that sends the credential. If there is an edge secret, it proves to be the edge, because
// functions may refuse direct calls.
func (s *Stack) as(credential string) *client.Client {
	c := &client.Client{BaseURL: s.url, Authorization: func(context.Context) (string, error) { return credential, nil }}
	if secret := s.config.Parameters["EdgeSecret"]; secret != "" {
		c.Transport = asEdge{client.DefaultTransport(), secret}
	}
	return c
}

// asEdge sends requests with the headers that the distribution of the template adds.
type asEdge struct {
	client.Transport
	secret string
}

// Do implements client.Transport.
func (e asEdge) Do(ctx context.Context, out client.Request) (client.Response, error) {
	out.Header = append(out.Header, [2]string{"X-Arxkeys-Edge-Secret", e.secret}, [2]string{"X-Arxkeys-Viewer-Address", "127.0.0.1"})
	return e.Transport.Do(ctx, out)
}
