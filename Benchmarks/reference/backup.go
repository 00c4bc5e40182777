package main

import "time"

type EtcdBackup struct {
	APIVersion string       `json:"apiVersion,omitempty"`
	Kind       string       `json:"kind,omitempty"`
	Metadata   ObjectMeta   `json:"metadata,omitempty"`
	Spec       BackupSpec   `json:"spec,omitempty"`
	Status     BackupStatus `json:"status,omitempty"`
}

type BackupSpec struct {
	ClusterRef      string      `json:"clusterRef"`
	Destination     Destination `json:"destination"`
	SnapshotTimeout string      `json:"snapshotTimeout,omitempty"`
	Retention       *Retention  `json:"retention,omitempty"`
}

type Destination struct {
	Provider  string          `json:"provider,omitempty"`
	Prefix    string          `json:"prefix,omitempty"`
	SecretRef *LocalReference `json:"secretRef,omitempty"`
	S3        *S3             `json:"s3,omitempty"`
	GCS       *GCS            `json:"gcs,omitempty"`
}

type LocalReference struct {
	Name string `json:"name"`
}

type S3 struct {
	Bucket         string `json:"bucket"`
	Region         string `json:"region,omitempty"`
	Endpoint       string `json:"endpoint,omitempty"`
	ForcePathStyle *bool  `json:"forcePathStyle,omitempty"`
}

type GCS struct {
	Bucket   string `json:"bucket"`
	Endpoint string `json:"endpoint,omitempty"`
}

type Retention struct {
	RetainCount int32 `json:"retainCount,omitempty"`
}

type BackupStatus struct {
	ObservedGeneration int64       `json:"observedGeneration,omitempty"`
	Phase              string      `json:"phase,omitempty"`
	StartTime          *time.Time  `json:"startTime,omitempty"`
	CompletionTime     *time.Time  `json:"completionTime,omitempty"`
	SnapshotLocation   string      `json:"snapshotLocation,omitempty"`
	SnapshotSizeBytes  int64       `json:"snapshotSizeBytes,omitempty"`
	Snapshot           *Snapshot   `json:"snapshot,omitempty"`
	Conditions         []Condition `json:"conditions,omitempty"`
}

type Snapshot struct {
	Hash            string `json:"hash,omitempty"`
	Revision        int64  `json:"revision,omitempty"`
	TotalKeys       int64  `json:"totalKeys,omitempty"`
	TotalSize       int64  `json:"totalSize,omitempty"`
	SHA256          string `json:"sha256,omitempty"`
	EtcdVersion     string `json:"etcdVersion,omitempty"`
	MemberName      string `json:"memberName,omitempty"`
	MemberID        string `json:"memberID,omitempty"`
	KeyspaceHash    int64  `json:"keyspaceHash,omitempty"`
	CompactRevision int64  `json:"compactRevision,omitempty"`
}

type Condition struct {
	Type               string    `json:"type"`
	Status             string    `json:"status"`
	ObservedGeneration int64     `json:"observedGeneration,omitempty"`
	LastTransitionTime time.Time `json:"lastTransitionTime"`
	Reason             string    `json:"reason"`
	Message            string    `json:"message"`
}
