namespace Cluster;

/// <summary>The demonstration cannot go on. The message says why and what to do.</summary>
internal sealed class ClusterException(string message, Exception? innerException = null)
    : Exception(message, innerException);
