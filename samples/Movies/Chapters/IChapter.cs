using Memento;
using Movies.Output;

namespace Movies.Chapters;

/// <summary>A part of the walk. After any number of runs, the store has the same records.</summary>
internal interface IChapter
{
    string Title { get; }

    Task RunAsync(IMemento memento, Narrator narrator, CancellationToken cancellationToken);
}
