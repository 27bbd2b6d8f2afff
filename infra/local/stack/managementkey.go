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

// KeyFile is the file of the data directory that holds a management key for scripts, alone on its line.
const KeyFile = "management-key"

const (
	keyOwner = "owner@example.com" // an owner's key is minted only by a person
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

// ready returns the channel that is closed when text or err is set.
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

// ensure sees to it that the file holds a key that works: the one that is there or, where it is missing or refused, as
// after the data was deleted, a new one. A stack that can't answer now says nothing about the key, which is then left.
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

// keyFrom returns the key of the file, or a new one that it then writes to the file.
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
	key := string(*created.Secret) // the request carries no idempotency key, so it is no repeated one
	return key, private.Write(file, []byte(key+"\n"))
}

// blame names the function of the operation where it failed: trying again mends nothing then, reading what it printed does.
func blame(operation string, err error) error {
	if !problem.Is(err, problem.Internal) {
		return err
	}
	return fmt.Errorf("the function %s failed, and the line above tells why: mend it, and start again", strings.ReplaceAll(operation, ".", "/"))
}

// as returns a client of this stack that presents the credential.
func (s *Stack) as(credential string) *client.Client {
	return &client.Client{BaseURL: s.url, Authorization: func(context.Context) (string, error) { return credential, nil }}
}
