package signin

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/go-jose/go-jose/v4"

	"github.com/arxkeys/arxkeys/infra/local/private"
)

// loadKey returns the signing key in the file, and creates it if the file does not exist. Its id is its thumbprint (RFC
// 7638), so another key has another id.
func loadKey(path string) (jose.JSONWebKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKey(path)
	}
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	key, err := parseKey(text)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("%s is unreadable (%w): delete it; everyone must sign in again", path, err)
	}
	named := jose.JSONWebKey{Key: key, Algorithm: string(jose.RS256), Use: "sig"}
	thumbprint, err := named.Thumbprint(crypto.SHA256)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	named.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	return named, nil
}

func makeKey(path string) ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return text, private.Write(path, text)
}

func parseKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not a PEM file")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("not an RSA key")
	}
	return key, nil
}
