namespace Memento.LogStorage;

/// <content>Reading the root, the checkpoint and the log.</content>
internal sealed partial class SharedLog
{
    private async Task LookAtRootAsync()
    {
        long now = time.GetTimestamp();
        DateTimeOffset at = time.GetUtcNow();
        KnownState root = await states.ReadAsync(StateKeys.Root).ConfigureAwait(false)
            ?? throw states.Missing(StateKeys.Root);
        if (root.Version != _rootState!.Version) await LoadAsync(root).ConfigureAwait(false);
        (_rootSeen, _rootSeenAt) = (now, at);
    }

    /// <summary>Takes the content of a checkpoint, which may be another silo's.</summary>
    private async Task LoadAsync(KnownState state)
    {
        long now = time.GetTimestamp();
        DateTimeOffset at = time.GetUtcNow();
        LogRoot root = LogRoot.Read(state.Content);
        if (_rootState is null || root.Image != Root.Image)
        {
            LogImage image = root.Image is null
                ? LogImage.Empty
                : LogImage.Read(await new RunReader(states, root.Image).ReadAllAsync()
                    .ConfigureAwait(false));
            var content = new LogContent(image);
            foreach ((int slice, IReadOnlyList<Run> runs) in content.OutcomeRuns)
            {
                await foreach (LogRow row in RowMerge.ReadAsync(states, runs, [], default)
                    .ConfigureAwait(false))
                {
                    content.Recall(slice, row);
                }
            }

            Image = image;
            Content = content;
            _tail = new LogTail(root.Position);
            Bytes = 0;
        }

        Root = root;
        _rootState = state;
        (_rootSeen, _rootSeenAt) = (now, at);
    }

    /// <summary>
    /// Reads the states up to the first one that is not there. A later one may not be there either.
    /// </summary>
    /// <param name="ahead">How many states are read at once at first.</param>
    private async Task ReadOnAsync(int ahead)
    {
        while (true)
        {
            long first = _tail.Next;
            KnownState?[] read = await Task.WhenAll(
                Enumerable.Range(0, ahead).Select(
                    index => states.ReadAsync(StateKeys.Log(first + index))))
                .ConfigureAwait(false);
            int count = Array.FindIndex(read, static state => state is null);
            foreach (KnownState? state in count < 0 ? read : read[..count])
                Take(state!);

            if (count >= 0)
            {
                if (!Array.Exists(read[count..], static state => state is not null)) return;
                await RequireAsync(_tail.Next).ConfigureAwait(false);
            }

            ahead = Ahead;
        }
    }

    /// <summary>
    /// Behind a state that was not there, there is another: the first one was made in between, or
    /// cleared behind a checkpoint, or is lost.
    /// </summary>
    private async Task RequireAsync(long number)
    {
        await LookAtRootAsync().ConfigureAwait(false);
        if (_tail.Next != number) return;

        string key = StateKeys.Log(number);
        if (await states.ReadAsync(key).ConfigureAwait(false) is null) throw states.Missing(key);
    }

    /// <summary>A log without its root is not a new one.</summary>
    private async Task RefuseLogWithoutRootAsync()
    {
        if (await states.ReadAsync(StateKeys.Log(1)).ConfigureAwait(false) is not null
            && await states.ReadAsync(StateKeys.Root).ConfigureAwait(false) is null)
        {
            throw states.Missing(StateKeys.Root);
        }
    }

    private void Take(KnownState state)
    {
        Bytes += state.Content.Length;
        if (_tail.Take(state.Content) is not { } group) return;

        object?[] results = Apply(group);
        if (group.Writer == _writer && group.Number == _lost?.Number) _found = results;
    }
}
