namespace Memento.Storage.Sqlite;

/// <summary>
/// Raises epochs. Requests that arrive during a commit share the next commit. So a table whose
/// partitions are all opened at once costs two commits, whatever their number.
/// </summary>
internal sealed class SqliteEpochQueue(SqliteWriter writer, SqliteBatch batch)
{
    private readonly Lock _gate = new();
    private List<Request> _waiting = [];
    private bool _isRaising;

    /// <exception cref="StorageException">
    /// The epoch was not raised, or it is not known whether it was.
    /// </exception>
    public Task<long> RaiseAsync(string table, int partition)
    {
        var request = new Request(table, partition);
        lock (_gate)
        {
            _waiting.Add(request);
            if (_isRaising) return request.Raised;
            _isRaising = true;
        }

        _ = Task.Run(RaiseAll);
        return request.Raised;
    }

    private void RaiseAll()
    {
        while (true)
        {
            List<Request> requests;
            lock (_gate)
            {
                requests = _waiting;
                _waiting = [];
                _isRaising = requests.Count > 0;
            }

            if (requests.Count == 0) return;
            Raise(requests);
        }
    }

    private void Raise(List<Request> requests)
    {
        try
        {
            writer.Run(
                Describe(requests),
                null,
                database => requests.ConvertAll(
                    each => SqliteBatch.RaiseEpoch(database, each.Table, each.Partition)),
                epochs =>
                {
                    for (int index = 0; index < epochs.Count; index++)
                        requests[index].Keep(batch, epochs[index]);
                });
            requests.ForEach(static each => each.Succeed());
        }
        catch (Exception failure)
        {
            // Also if the commit is in doubt: the next owner raises the epoch again.
            var error = failure is BatchInDoubtException
                ? new StorageException(failure.Message, failure)
                : failure;
            requests.ForEach(each => each.Fail(error));
        }
    }

    private static string Describe(List<Request> requests) => requests.Count == 1
        ? $"raise the epoch of partition {requests[0].Partition} of table '{requests[0].Table}'"
        : $"raise the epochs of {requests.Count} partitions";

    private sealed class Request(string table, int partition)
    {
        private readonly TaskCompletionSource<long> _raised =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private long _epoch;

        public string Table { get; } = table;

        public int Partition { get; } = partition;

        public Task<long> Raised => _raised.Task;

        public void Keep(SqliteBatch batch, long epoch) =>
            batch.KeepEpoch(Table, Partition, _epoch = epoch);

        public void Succeed() => _raised.SetResult(_epoch);

        public void Fail(Exception failure) => _raised.SetException(failure);
    }
}
