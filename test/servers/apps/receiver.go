package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"runtime"
)

func hook(w http.ResponseWriter, r *http.Request) {
	headers := map[string]string{}
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	query := r.URL.Query()
	json.NewEncoder(w).Encode(map[string]any{
		"version": runtime.Version(),
		"target":  r.RequestURI,
		"ids":     map[string]any{"AccountID": query["AccountID"], "CaseID": query["CaseID"]},
		"headers": headers,
	})
}

func main() {
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(hook)))
}
