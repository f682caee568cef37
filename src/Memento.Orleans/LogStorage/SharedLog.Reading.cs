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
        while (root.Version != _rootState?.Version)
        {
            try
            {
                await FollowAsync(root).ConfigureAwait(false);
            }
            catch (MissingPieceException missing)
            {
                // The root was read long ago, and its checkpoint is cleared; or it is lost.
                KnownState next = await states.ReadAsync(StateKeys.Root).ConfigureAwait(false)
                    ?? throw states.Missing(StateKeys.Root);
                if (next.Version == root.Version) throw missing.Reason;
                root = next;
            }
        }

        (_rootSeen, _rootSeenAt, _isRootReplaced) = (now, at, false);
    }

    /// <summary>Goes on from a root that another silo has replaced.</summary>
    private async Task FollowAsync(KnownState state)
    {
        LogRoot root = LogRoot.Read(state.Content);
        if (root.Image is not null && root.Image != Root.Image)
        {
            LogImage image = await ReadImageAsync(root.Image).ConfigureAwait(false);
            if (!await TryTakeOverAsync(image).ConfigureAwait(false))
                await LoadAsync(image).ConfigureAwait(false);
        }

        Root = root;
        _rootState = state;
    }

    /// <summary>
    /// Takes over a checkpoint of another silo without reading the log again. False if this silo
    /// cannot know the log up to the checkpoint any more.
    /// </summary>
    private async Task<bool> TryTakeOverAsync(LogImage image)
    {
        if (_rootState is null || IsKnowledgeOld) return false;
        while (_tail.Next <= image.Position)
        {
            int count = (int)Math.Min(Ahead, image.Position - _tail.Next + 1);
            foreach (KnownState? state in await ReadManyAsync(count).ConfigureAwait(false))
            {
                if (state is null) return false;
                Take(state);
            }
        }

        // What was read since the last look at the root was not cleared and made again meanwhile.
        if (IsKnowledgeOld || image.Position > Content.Position) return false;

        Content.TakeOver(image);
        long states = Math.Max(1, _tail.Next - 1 - Root.Position);
        Bytes = (long)(Bytes * (double)(_tail.Next - 1 - image.Position) / states);
        Image = image;
        return true;
    }

    /// <summary>Takes the content of a checkpoint.</summary>
    private async Task LoadAsync(LogImage image)
    {
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
        _clock.See(content.At);
        _tail = new LogTail(image.Position);
        _found = null;
        Bytes = 0;
    }

    /// <summary>
    /// Whether states of the log that this silo has read or made since its last look at the root
    /// may have been in places that were cleared.
    /// </summary>
    private bool IsKnowledgeOld => IsRootOlderThan(ClearDelay - RootAge);

    private async Task<LogImage> ReadImageAsync(Run run)
    {
        await using var reader = new RunReader(states, run);
        return LogImage.Read(await reader.ReadAllAsync().ConfigureAwait(false));
    }

    /// <summary>
    /// Reads the states up to the first one that is not there. A later one may not be there either.
    /// </summary>
    /// <param name="ahead">How many states are read at once at first.</param>
    private async Task ReadOnAsync(int ahead)
    {
        while (true)
        {
            KnownState?[] read = await ReadManyAsync(ahead).ConfigureAwait(false);
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

    /// <summary>Reads the next states of the log, as far as they are there.</summary>
    private Task<KnownState?[]> ReadManyAsync(int count)
    {
        long first = _tail.Next;
        return Task.WhenAll(Enumerable.Range(0, count)
            .Select(index => states.ReadAsync(StateKeys.Log(first + index))));
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
